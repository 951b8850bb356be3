//! A till that people sign in to.

use super::view;
use quickpay_core::id::ShiftNumber;
use quickpay_core::person::PersonName;
use quickpay_core::view::{Access, State, View};
use quickpay_core::words::Language;

fn name(text: &str) -> PersonName {
    PersonName::parse(text).unwrap()
}

/// Nobody has the till, and two sales are still open.
pub(crate) fn locked(language: Language) -> View {
    let (word, line) = match language {
        Language::En => ("LOCKED", "Choose your name and enter your PIN."),
        Language::ZhCn => ("已锁定", "请选择姓名并输入密码。"),
        Language::ZhTw => ("已鎖定", "請選擇姓名並輸入密碼。"),
        Language::Ko => ("잠김", "이름을 선택하고 PIN을 입력하세요."),
    };
    View {
        access: Access::Locked(["Li Wei", "王小明", "Anna Kowalska", "김민수"].map(name).into()),
        word: word.into(),
        lines: vec![line.into()],
        open: view(State::Held, language).open,
        acts: Vec::new(),
        ..view(State::Ready, language)
    }
}

/// As many people as a till may have.
pub(crate) fn crowd(language: Language) -> View {
    let people = (1..=60).map(|n| name(&format!("Person {n}"))).collect();
    View { access: Access::Locked(people), ..locked(language) }
}

/// Li has the till.
pub(crate) fn signed_in(state: State, language: Language) -> View {
    let shift = Some(ShiftNumber(1234));
    View { access: Access::SignedIn(name("Li Wei")), shift, ..view(state, language) }
}

/// The longest names there are: of the shop without people, of a person with a shift.
pub(crate) fn long_names(language: Language) -> [View; 2] {
    let merchant = "서울 강남구 테헤란로 한정식 전문점 본점 Gangnam Teheran-ro Main Branch".to_owned();
    let person = Access::SignedIn(name("Maximiliane Schmidt-Gangnam of the Main"));
    let shop = View { merchant, ..view(State::Ready, language) };
    [View { access: person, ..signed_in(State::Ready, language) }, shop]
}
