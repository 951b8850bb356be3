//! Profiles of printers as data: the built-in `config/printers.toml`, and a file of the same form.
//!
//! Invariant: a profile that exists can be printed with: every number is within what the encoder bears.

use std::ops::RangeInclusive;
use std::path::Path;

use quickpay_drivers::printer::charset::Charset;
use quickpay_drivers::printer::profile::{
    Answers, CodeBy, Cutter, DrawerPin, PortStatus, Profile, Raster, Reports, Trailer,
};
use toml::Spanned;

use super::check::Checker;
use super::file::{ProfileTable, ProfilesFile};
use super::problem::{ConfigError, Problem};

const BUILT_IN: &str = include_str!("../../config/printers.toml");

/// All profiles: the kinds in code, the file that is built in, then a shop's own, each replacing what has its name.
pub(super) fn read(file: Option<&Path>) -> Result<Vec<Profile>, ConfigError> {
    let mut profiles = Profile::built_in();
    parse(Path::new("config/printers.toml"), BUILT_IN, &mut profiles)?;
    if let Some(path) = file {
        let text = std::fs::read_to_string(path).map_err(|error| {
            ConfigError::new(path, "", vec![Problem::unreadable(&error, "config/printers.toml")])
        })?;
        parse(path, &text, &mut profiles)?;
    }
    Ok(profiles)
}

fn parse(path: &Path, text: &str, profiles: &mut Vec<Profile>) -> Result<(), ConfigError> {
    let wrong = |problems| ConfigError::new(path, text, problems);
    let file = toml::from_str::<ProfilesFile>(text).map_err(|error| wrong(vec![Problem::of(&error)]))?;
    let mut checker = Checker { problems: Vec::new() };
    for table in &file.profile {
        if let Some(profile) = checker.printer_profile(table, profiles) {
            profiles.retain(|known| known.name != profile.name);
            profiles.push(profile);
        }
    }
    if checker.problems.is_empty() { Ok(()) } else { Err(wrong(checker.problems)) }
}

/// The profile of a name.
pub(super) fn named(name: &str, profiles: &[Profile]) -> Result<Profile, String> {
    let known = || profiles.iter().map(|p| p.name.as_str()).collect::<Vec<_>>().join(", ");
    let words = || format!("no printer profile \"{name}\"; there are {}", known());
    profiles.iter().find(|profile| profile.name == name).cloned().ok_or_else(words)
}

impl Checker {
    fn printer_profile(&mut self, table: &ProfileTable, known: &[Profile]) -> Option<Profile> {
        let name = self.take(&table.name, |name| profile_name(name))?;
        let mut profile = match &table.like {
            Some(like) => self.take(like, |like| named(like, known))?,
            None => Profile::generic(),
        };
        profile.name = name;
        profile.columns = self.optional(table.columns.as_ref(), profile.columns, columns);
        profile.width_dots = self.optional(table.width_dots.as_ref(), profile.width_dots, width_dots);
        profile.charset = self.charset(table, profile.charset);
        profile.raster = self.optional(table.raster.as_ref(), profile.raster, |word| {
            one_of(
                "raster",
                word,
                &[("never", Raster::Never), ("where-needed", Raster::WhereNeeded), ("whole", Raster::Whole)],
            )
        });
        profile.band_rows = self.byte("band_rows", table.band_rows.as_ref(), profile.band_rows, 8..=255);
        let code_by = [("command", CodeBy::Command), ("raster", CodeBy::Raster)];
        profile.barcode =
            self.optional(table.barcode.as_ref(), profile.barcode, |word| one_of("barcode", word, &code_by));
        profile.qr = self.optional(table.qr.as_ref(), profile.qr, |word| one_of("qr", word, &code_by));
        self.voice(table, &mut profile);
        profile.cutter = self.cutter(table, profile.cutter);
        profile.barcode_height_dots = self.byte(
            "barcode_height_dots",
            table.barcode_height_dots.as_ref(),
            profile.barcode_height_dots,
            24..=255,
        );
        self.drawer(table, &mut profile);
        Some(profile)
    }

    fn charset(&mut self, table: &ProfileTable, usual: Charset) -> Charset {
        let page = match usual {
            Charset::Cp858 { page } => page,
            Charset::Ascii | Charset::Gb18030 | Charset::Big5 | Charset::Korean | Charset::ShiftJis => 19,
        };
        let page = self.byte("code_page", table.code_page.as_ref(), page, 0..=255);
        let charsets = [
            ("ascii", Charset::Ascii),
            ("cp858", Charset::Cp858 { page }),
            ("gb18030", Charset::Gb18030),
            ("big5", Charset::Big5),
            ("korean", Charset::Korean),
            ("shift-jis", Charset::ShiftJis),
        ];
        let usual = if let Charset::Cp858 { .. } = usual { Charset::Cp858 { page } } else { usual };
        let charset = self.optional(table.charset.as_ref(), usual, |word| one_of("charset", word, &charsets));
        if let Some(value) = &table.code_page
            && charset != (Charset::Cp858 { page })
        {
            self.problems.push(Problem::at(value.span(), "code_page is for charset \"cp858\""));
        }
        charset
    }

    fn voice(&mut self, table: &ProfileTable, profile: &mut Profile) {
        let answers = [
            ("none", Answers::None),
            ("dle-eot", Answers::RealTime),
            ("gs-r", Answers::InOrder(Trailer::GsR)),
            ("gs-paren-h", Answers::InOrder(Trailer::GsParenH)),
        ];
        profile.answers =
            self.optional(table.answers.as_ref(), profile.answers, |word| one_of("answers", word, &answers));
        if let Some(asb) = &table.asb {
            profile.reports = if *asb.get_ref() { Reports::ByItself } else { Reports::OnRequest };
        }
        if profile.answers == Answers::None && profile.reports == Reports::ByItself {
            let place = table.asb.as_ref().map_or(table.name.span(), Spanned::span);
            let words = "asb needs a printer that answers; answers is \"none\"";
            self.problems.push(Problem::at(place, words));
        }
        if let Some(believed) = table.port_status {
            profile.port_status = if believed { PortStatus::Believed } else { PortStatus::Ignored };
        }
    }

    fn cutter(&mut self, table: &ProfileTable, usual: Cutter) -> Cutter {
        let (dots, lines) = match usual {
            Cutter::Partial { feed_dots } => (feed_dots, 4),
            Cutter::TearBar { feed_lines } => (64, feed_lines),
        };
        let feed_dots = self.byte("feed_dots", table.feed_dots.as_ref(), dots, 0..=255);
        let feed_lines = self.byte("feed_lines", table.feed_lines.as_ref(), lines, 0..=20);
        let partial = Cutter::Partial { feed_dots };
        let tear_bar = Cutter::TearBar { feed_lines };
        let usual = if let Cutter::Partial { .. } = usual { partial } else { tear_bar };
        let cutters = [("partial", partial), ("none", tear_bar)];
        self.optional(table.cutter.as_ref(), usual, |word| one_of("cutter", word, &cutters))
    }

    fn drawer(&mut self, table: &ProfileTable, profile: &mut Profile) {
        let pin = |pin: &i64| match pin {
            2 => Ok(DrawerPin::Two),
            5 => Ok(DrawerPin::Five),
            other => Err(format!("drawer_pin is 2 or 5, not {other}")),
        };
        profile.drawer.pin = self.optional(table.drawer_pin.as_ref(), profile.drawer.pin, pin);
        let steps = |key: &'static str| {
            move |ms: &i64| {
                let steps = u8::try_from(ms / 2).ok().filter(|steps| *steps > 0);
                steps.ok_or_else(|| format!("{key} is 2 to 510 milliseconds, not {ms}"))
            }
        };
        profile.drawer.on_2ms =
            self.optional(table.drawer_on_ms.as_ref(), profile.drawer.on_2ms, steps("drawer_on_ms"));
        profile.drawer.off_2ms =
            self.optional(table.drawer_off_ms.as_ref(), profile.drawer.off_2ms, steps("drawer_off_ms"));
    }

    fn byte(&mut self, key: &str, value: Option<&Spanned<i64>>, usual: u8, range: RangeInclusive<u8>) -> u8 {
        self.optional(value, usual, |n| {
            let within = u8::try_from(*n).ok().filter(|n| range.contains(n));
            within.ok_or_else(|| format!("{key} is {} to {}, not {n}", range.start(), range.end()))
        })
    }
}

pub(super) fn columns(n: &i64) -> Result<u16, String> {
    u16::try_from(*n).ok().filter(|n| (24..=64).contains(n)).ok_or("columns is 24 to 64".to_owned())
}

pub(super) fn width_dots(n: &i64) -> Result<u16, String> {
    let known = u16::try_from(*n).ok().filter(|n| [384, 512, 576].contains(n));
    known.ok_or("width_dots is 384, 512 or 576".to_owned())
}

fn profile_name(name: &str) -> Result<String, String> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let well_formed = (1..=40).contains(&name.len()) && name.chars().all(fits);
    if well_formed {
        Ok(name.to_owned())
    } else {
        Err("a profile's name is 1 to 40 of a-z, 0-9 and -".to_owned())
    }
}

fn one_of<T: Copy>(key: &str, word: &str, words: &[(&str, T)]) -> Result<T, String> {
    let found = words.iter().find(|(known, _)| *known == word).map(|(_, value)| *value);
    let all = || words.iter().map(|(known, _)| format!("\"{known}\"")).collect::<Vec<_>>().join(", ");
    found.ok_or_else(|| format!("no {key} \"{word}\"; it is one of {}", all()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn added(text: &str) -> Result<Vec<Profile>, String> {
        let mut profiles = read(None).map_err(|error| error.to_string())?;
        let before = profiles.len();
        parse(Path::new("printers.toml"), text, &mut profiles).map_err(|error| error.to_string())?;
        Ok(profiles.split_off(before.min(profiles.len())))
    }

    #[test]
    fn the_shipped_profiles_are_like_what_they_say_but_for_what_they_change() {
        let profiles = read(None).unwrap();
        let t20 = named("tm-t20", &profiles).unwrap();
        let expected =
            Profile { name: "tm-t20".to_owned(), columns: 48, width_dots: 576, ..Profile::epson_tm() };
        assert_eq!(t20, expected);
        let t88 = named("tm-t88v", &profiles).unwrap();
        assert_eq!((t88.answers, t88.reports), (Answers::InOrder(Trailer::GsParenH), Reports::ByItself));
        assert_eq!(named("generic", &profiles).unwrap(), Profile::generic());
    }

    #[test]
    fn every_key_of_the_shipped_comment_is_taken_and_makes_the_generic_profile() {
        let lines = BUILT_IN.lines().filter_map(|line| line.strip_prefix("#   "));
        let keys = lines.filter(|line| !line.trim_start().starts_with('#') && !line.starts_with("code_page"));
        let text = format!("[[profile]]\n{}\n", keys.collect::<Vec<_>>().join("\n"));
        let [profile] = added(&text).unwrap().try_into().unwrap();
        assert_eq!(profile, Profile { name: "my-printer".to_owned(), ..Profile::generic() });
        assert_eq!(text.lines().count(), 20, "a key was lost:\n{text}");
    }

    #[test]
    fn a_profile_of_the_same_name_replaces_the_built_in_one() {
        let profiles = added("[[profile]]\nname = \"generic\"\nqr = \"command\"\nport_status = false\n");
        assert!(profiles.is_ok());
        let mut all = read(None).unwrap();
        parse(Path::new("p"), "[[profile]]\nname = \"generic\"\nqr = \"command\"\n", &mut all).unwrap();
        assert_eq!(named("generic", &all).unwrap().qr, CodeBy::Command);
        assert_eq!(all.iter().filter(|profile| profile.name == "generic").count(), 1);
    }

    #[test]
    fn each_fault_is_said_with_its_line_and_what_would_be_right() {
        for (line, expected) in [
            ("name = \"My Printer\"", "printers.toml:2:8: a profile's name is 1 to 40 of a-z, 0-9 and -"),
            ("name = \"x\"\nlike = \"y\"", ":3:8: no printer profile \"y\"; there are generic"),
            ("name = \"x\"\ncolumns = 80", ":3:11: columns is 24 to 64"),
            ("name = \"x\"\nwidth_dots = 640", ":3:14: width_dots is 384, 512 or 576"),
            (
                "name = \"x\"\ncharset = \"utf-8\"",
                ":3:11: no charset \"utf-8\"; it is one of \"ascii\", \"cp858\"",
            ),
            ("name = \"x\"\ncode_page = 19", ":3:13: code_page is for charset \"cp858\""),
            (
                "name = \"x\"\nanswers = \"yes\"",
                ":3:11: no answers \"yes\"; it is one of \"none\", \"dle-eot\"",
            ),
            ("name = \"x\"\nasb = true", ":3:7: asb needs a printer that answers"),
            ("name = \"x\"\nband_rows = 4", ":3:13: band_rows is 8 to 255, not 4"),
            ("name = \"x\"\ndrawer_pin = 3", ":3:14: drawer_pin is 2 or 5, not 3"),
            ("name = \"x\"\ndrawer_on_ms = 900", ":3:16: drawer_on_ms is 2 to 510 milliseconds, not 900"),
            (
                "name = \"x\"\ncutter = \"full\"",
                ":3:10: no cutter \"full\"; it is one of \"partial\", \"none\"",
            ),
            ("name = \"x\"\npaper = 80", ":3:1: unknown field `paper`"),
        ] {
            let words = added(&format!("[[profile]]\n{line}\n")).unwrap_err();
            assert!(words.contains(expected), "no {expected:?} in\n{words}");
        }
    }
}
