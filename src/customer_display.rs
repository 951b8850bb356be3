//! The customer's display: from the till's view to the second window.
//!
//! Invariant: what is shown there is [`CustomerView::of`] the view and nothing else; the till goes on without it.

use quickpay_core::customer::CustomerView;
use quickpay_core::view::View;
use quickpay_core::words::Language;
use quickpay_drivers::printer::preview;
use quickpay_ui::{CustomerHandle, CustomerOptions, Frame, Picture, Screen};

use crate::config;

/// The display, from the loop's side.
#[derive(Debug)]
pub struct CustomerDisplay {
    handle: CustomerHandle,
    languages: Vec<Language>,
    shown: Option<CustomerView>,
    /// Made once an address.
    code: Option<(String, Option<Picture>)>,
}

impl CustomerDisplay {
    /// Opens the display where the configuration has one. Without it the till sells all the same, so that nothing is
    /// shown there is only logged.
    pub fn open(screen: &mut Screen, config: Option<&config::CustomerDisplay>) -> Option<CustomerDisplay> {
        let config = config?;
        let options = CustomerOptions {
            place: Some(config.place),
            size: config.size,
            width_mm: config.width_mm,
            frame: Frame::Fixed,
        };
        match screen.open_customer_display(&options) {
            Ok(handle) => Some(CustomerDisplay::new(handle, config.languages.clone())),
            Err(error) => {
                tracing::warn!(%error, "no customer's display; the till sells without it");
                None
            }
        }
    }

    /// A display that is open.
    #[must_use]
    pub fn new(handle: CustomerHandle, languages: Vec<Language>) -> CustomerDisplay {
        CustomerDisplay { handle, languages, shown: None, code: None }
    }

    /// Shows what a customer may see of a view.
    pub fn show(&mut self, view: &View) {
        let shown = CustomerView::of(view, &self.languages);
        if self.shown.as_ref() == Some(&shown) {
            return;
        }
        let code = shown.e_receipt.as_ref().and_then(|invitation| self.code_of(&invitation.address));
        self.handle.show(shown.clone(), code).ok(); // closed: the till is about to end
        self.shown = Some(shown);
    }

    fn code_of(&mut self, address: &str) -> Option<Picture> {
        if self.code.as_ref().is_none_or(|(known, _)| known != address) {
            self.code = Some((address.to_owned(), code_of(address)));
        }
        self.code.as_ref().and_then(|(_, picture)| picture.clone())
    }
}

/// The QR symbol that leads a customer's phone to an address; `None` for one that no symbol holds.
#[must_use]
pub fn code_of(address: &str) -> Option<Picture> {
    let code = preview::qr_for_a_screen(address)?;
    Picture::from_gray(code.width, code.height, &code.pixels)
}

#[cfg(test)]
mod tests {
    use std::io::ErrorKind;
    use std::process::Command;

    use quickpay_core::customer::{Invitation, Said};
    use quickpay_core::money::Currency;
    use quickpay_core::view::State;
    use quickpay_ui::CustomerStudio;

    use super::*;

    fn paid(address: &str) -> CustomerView {
        CustomerView {
            shop: "Demo Store".to_owned(),
            state: State::Approved,
            amount: Some("999999.99".to_owned()),
            currency: Currency::Cny,
            said: vec![Said { head: "PAID", line: "Thank you." }; 3],
            countdown: None,
            e_receipt: Some(Invitation { address: address.to_owned(), words: vec!["Your receipt"] }),
        }
    }

    /// Without zbarimg nothing is read and the test says so; `QUICKPAY_ZBARIMG=required` makes that a failure.
    #[test]
    #[allow(clippy::print_stderr, reason = "a test that could not look says so")]
    fn a_phone_reads_the_longest_address_from_a_small_and_coarse_glass() {
        let base = format!("https://receipts.example.com/{}/", "r".repeat(50)); // 80 characters, as many as may be
        let address = format!("{base}TERMINAL00000016-3LK2QZ-S99999z");
        let code = code_of(&address).unwrap();
        for (size, width_mm) in [((1024, 600), 153.4), ((800, 480), 130.6), ((1280, 800), 217.5)] {
            let studio = CustomerStudio::new(&crate::assets::fonts(), size, width_mm).unwrap();
            let picture = studio.picture(&paid(&address), Some(&code)).unwrap();
            let file =
                std::env::temp_dir().join(format!("quickpay-glass-{}-{}.png", std::process::id(), size.0));
            std::fs::write(&file, picture.to_png().unwrap()).unwrap();
            let read = Command::new("zbarimg").args(["--quiet", "--raw"]).arg(&file).output();
            std::fs::remove_file(&file).unwrap();
            match read {
                Err(error) if error.kind() == ErrorKind::NotFound => {
                    assert!(std::env::var_os("QUICKPAY_ZBARIMG").is_none(), "zbarimg is not installed");
                    eprintln!("zbarimg is not installed: no code was read");
                    return;
                }
                read => {
                    let said = String::from_utf8(read.unwrap().stdout).unwrap();
                    assert_eq!(said.trim(), address, "{size:?}");
                }
            }
        }
    }
}
