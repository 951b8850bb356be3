//! The kinds of printers that are built in.
//!
//! Invariant: a kind claims only what its makers' manuals say of it; what is not known is the safe choice: ASCII as text,
//! the rest as dots, no answers. A person who has read the test page may claim more.

use super::charset::Charset;
use super::profile::{
    Answers, CodeBy, Cutter, DrawerPin, DrawerPulse, PortStatus, Profile, Raster, Reports, Trailer,
};

impl Profile {
    /// Any ESC/POS printer with 80 mm paper: ASCII as text, the rest as dots, and nothing believed of its answers.
    #[must_use]
    pub fn generic() -> Profile {
        Profile {
            name: "generic".to_owned(),
            columns: 48,
            width_dots: 576,
            charset: Charset::Ascii,
            raster: Raster::WhereNeeded,
            band_rows: 128,
            barcode: CodeBy::Command,
            qr: CodeBy::Raster,
            answers: Answers::None,
            reports: Reports::OnRequest,
            port_status: PortStatus::Believed,
            cutter: Cutter::Partial { feed_dots: 64 },
            barcode_height_dots: 80,
            drawer: DrawerPulse { pin: DrawerPin::Two, on_2ms: 25, off_2ms: 250 }, // `1B 70 00 19 FA`
        }
    }

    /// A printer sold in China: simplified Chinese from its ROM.
    #[must_use]
    pub fn gb18030() -> Profile {
        Profile { name: "gb18030".to_owned(), charset: Charset::Gb18030, ..Profile::generic() }
    }

    /// A printer sold in Taiwan or Hong Kong: traditional Chinese from its ROM.
    #[must_use]
    pub fn big5() -> Profile {
        Profile { name: "big5".to_owned(), charset: Charset::Big5, ..Profile::generic() }
    }

    /// A printer sold in Korea.
    #[must_use]
    pub fn korean() -> Profile {
        Profile { name: "korean".to_owned(), charset: Charset::Korean, ..Profile::generic() }
    }

    /// A printer sold in Japan.
    #[must_use]
    pub fn shift_jis() -> Profile {
        Profile { name: "shift-jis".to_owned(), charset: Charset::ShiftJis, ..Profile::generic() }
    }

    /// An Epson TM for the West: code page 858 is its number 19, it draws QR symbols, and `GS r` is answered in order. As
    /// narrow as the TM-T88 (512 dots at 180 to the inch), so that nothing is cut off there; a TM-T20 may be given 48
    /// columns and 576 dots.
    #[must_use]
    pub fn epson_tm() -> Profile {
        Profile {
            name: "epson-tm".to_owned(),
            columns: 42,
            width_dots: 512,
            charset: Charset::Cp858 { page: 19 },
            qr: CodeBy::Command,
            answers: Answers::InOrder(Trailer::GsR),
            ..Profile::generic()
        }
    }

    /// Our own printer model: simplified Chinese, QR symbols, and answers in order.
    #[must_use]
    pub fn demo() -> Profile {
        Profile {
            name: "demo".to_owned(),
            qr: CodeBy::Command,
            answers: Answers::InOrder(Trailer::GsR),
            ..Profile::gb18030()
        }
    }

    /// The same with 58 mm paper and, as nearly all of those, without a knife; its name ends in `-58`.
    #[must_use]
    pub fn on_58_mm(self) -> Profile {
        Profile {
            name: format!("{}-58", self.name),
            columns: 32,
            width_dots: 384,
            cutter: Cutter::TearBar { feed_lines: 4 },
            ..self
        }
    }

    /// All that are built in: seven kinds, on 80 mm and on 58 mm paper.
    #[must_use]
    pub fn built_in() -> Vec<Profile> {
        let kinds = [
            Profile::generic(),
            Profile::gb18030(),
            Profile::big5(),
            Profile::korean(),
            Profile::shift_jis(),
            Profile::epson_tm(),
            Profile::demo(),
        ];
        let narrow = kinds.clone().map(Profile::on_58_mm);
        kinds.into_iter().chain(narrow).collect()
    }

    /// A built-in profile by its name, such as `generic` or `big5-58`.
    #[must_use]
    pub fn named(name: &str) -> Option<Profile> {
        Profile::built_in().into_iter().find(|known| known.name == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_found_by_its_own_name_on_both_papers() {
        let names: Vec<_> = Profile::built_in().into_iter().map(|profile| profile.name).collect();
        assert_eq!(names.len(), 14);
        for name in &names {
            assert_eq!(Profile::named(name).unwrap().name, *name);
        }
        let narrow = Profile::named("shift-jis-58").unwrap();
        assert_eq!((narrow.columns, narrow.width_dots, narrow.charset), (32, 384, Charset::ShiftJis));
        assert_eq!(Profile::named("unheard-of"), None);
    }
}
