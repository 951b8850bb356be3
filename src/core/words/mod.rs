//! The words of states, refusals and papers in the languages of the till: one word per thing, everywhere the same.
//!
//! Invariant: no text here says paid, approved or cancelled for a state that is not proven.
//! Deliberately absent: static labels of the screen (`ui/lang`) and log fields (always English).

mod customer;
mod declines;
mod pages;
mod papers;
mod printer;
mod refusals;
mod states;
mod story;

pub(crate) use customer::CustomerWord;
pub use pages::PageWord;
pub use papers::PaperWord;
pub(crate) use printer::PrinterLine;
pub(crate) use states::PanelLine;

/// A language of screen and paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// English.
    En,
    /// Chinese in simplified characters.
    ZhCn,
    /// Chinese in traditional characters.
    ZhTw,
    /// Korean.
    Ko,
}

impl Language {
    /// All languages in the order of the switch.
    pub const ALL: [Language; 4] = [Language::En, Language::ZhCn, Language::ZhTw, Language::Ko];

    /// The tag in configuration and events.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Language::En => "en",
            Language::ZhCn => "zh-CN",
            Language::ZhTw => "zh-TW",
            Language::Ko => "ko",
        }
    }

    /// Reads a tag.
    #[must_use]
    pub fn parse(tag: &str) -> Option<Language> {
        Language::ALL.into_iter().find(|language| language.tag() == tag)
    }

    /// Picks this language's text of `[en, zh-CN, zh-TW, ko]`.
    fn pick(self, [en, zh_cn, zh_tw, ko]: [&'static str; 4]) -> &'static str {
        match self {
            Language::En => en,
            Language::ZhCn => zh_cn,
            Language::ZhTw => zh_tw,
            Language::Ko => ko,
        }
    }
}
