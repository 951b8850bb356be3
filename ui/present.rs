//! Puts a view onto the screen: every property, every time. Setters compare, so an unchanged view repaints nothing.

use crate::generated::{SaleRow, Vm};
use crate::look;
use crate::picture::Picture;
use quickpay_core::money::decimal;
use quickpay_core::view::{Access, Act, Countdown, OpenCount, State, View};
use quickpay_core::words::Language;
use slint::{Model, ModelRc, SharedString, VecModel};

/// The languages of the switch, each in itself.
pub(crate) const LANGUAGES: [(Language, &str); 4] = [
    (Language::En, "English"),
    (Language::ZhCn, "简体中文"),
    (Language::ZhTw, "繁體中文"),
    (Language::Ko, "한국어"),
];

/// Sets the whole contract from the view.
pub(crate) fn show(vm: &Vm<'_>, view: &View) {
    choose_language(view.language);
    show_question_of_a_paper(vm, view);
    show_amount(vm, view);
    show_panel(vm, view);
    show_bar(vm, view);
    show_acts(vm, view);
    show_access(vm, view);
    let rows = view.recent.iter().take(5).map(|sale| SaleRow {
        id: sale.sale.to_string().into(),
        time: sale.clock.as_str().into(),
        amount: sale.amount.decimal().into(),
        word: sale.word.as_str().into(),
        tone: look::tone(sale.shown_as),
        icon: look::icon(sale.shown_as),
    });
    vm.set_sales(replaced(vm.get_sales(), rows.collect()));
}

/// Bundled translations switch all static labels at once; English is the source.
fn choose_language(language: Language) {
    let tag = match language {
        Language::En => "",
        Language::ZhCn => "zh-CN",
        Language::ZhTw => "zh-TW",
        Language::Ko => "ko",
    };
    // Fails only for a language without a file, and then the labels stay English: readable, and tested.
    slint::select_bundled_translation(tag).ok();
}

fn show_amount(vm: &Vm<'_>, view: &View) {
    vm.set_currency(view.currency.code().into());
    vm.set_amount(view.amount_text.as_str().into());
    let set = !matches!(view.state, State::Ready) || view.asks.is_some();
    vm.set_amount_set(set || view.amount.is_some_and(|money| money.minor() > 0));
    vm.set_reference(view.reference.as_deref().unwrap_or_default().into());
    vm.set_has_point(view.currency.exponent() > 0);
}

fn show_panel(vm: &Vm<'_>, view: &View) {
    let line = |at: usize| view.lines.get(at).map_or_else(SharedString::default, SharedString::from);
    let asks = view.asks.is_some();
    vm.set_tone(if asks { crate::generated::Tone::Amber } else { look::tone(view.shown_as) });
    vm.set_icon(if asks { crate::generated::Icon::Ask } else { look::icon(view.shown_as) });
    let word = view.asks.map_or(view.word.as_str(), |ask| ask.word(view.language));
    vm.set_word(word.into());
    vm.set_line_1(line(0));
    vm.set_line_2(line(1));
    vm.set_line_3(line(2));
    vm.set_moving(matches!(view.state, State::Submitted));
    vm.set_result(!asks && look::is_result(view.shown_as));
    let (share, text) = ring(view.countdown);
    vm.set_clock(view.countdown.is_some());
    vm.set_clock_share(share);
    vm.set_clock_text(text);
    vm.set_notice(view.notice.as_deref().unwrap_or_default().into());
}

/// What the ring clock shows: the share that is left, and the seconds.
pub(crate) fn ring(countdown: Option<Countdown>) -> (f32, SharedString) {
    countdown.map_or((0.0, SharedString::default()), |clock| {
        // At zero the ring is empty: something is being done, and a standing 0 would look like a fault.
        let seconds = clock.left_ms.div_ceil(1000);
        let text = if seconds == 0 { SharedString::default() } else { slint::format!("{seconds}") };
        (share(clock.left_ms, clock.of_ms), text)
    })
}

/// The code beside a result.
pub(crate) fn show_code(vm: &Vm<'_>, code: Option<&Picture>) {
    vm.set_code(code.map(Picture::to_image).unwrap_or_default());
    vm.set_has_code(code.is_some());
}

fn show_bar(vm: &Vm<'_>, view: &View) {
    vm.set_time(view.clock.as_str().into());
    vm.set_shop(slint::format!("{} · {}", view.merchant, view.terminal));
    vm.set_shift(view.shift.map_or_else(SharedString::default, |shift| slint::format!("{}", shift.0)));
    vm.set_online(view.online);
    vm.set_open(open_text(view).into());
    vm.set_printer(look::gear(view.printer));
    vm.set_scanner(look::gear(view.scanner));
    let names = LANGUAGES.iter().map(|(_, name)| SharedString::from(*name)).collect();
    vm.set_languages(replaced(vm.get_languages(), names));
    let at = LANGUAGES.iter().position(|(language, _)| *language == view.language).unwrap_or(0);
    vm.set_language(i32::try_from(at).unwrap_or(0));
}

fn show_access(vm: &Vm<'_>, view: &View) {
    let (person, people) = match &view.access {
        Access::Free => (SharedString::default(), Vec::new()),
        Access::SignedIn(person) => (person.as_str().into(), Vec::new()),
        Access::Locked(people) => {
            (SharedString::default(), people.iter().map(|name| SharedString::from(name.as_str())).collect())
        }
    };
    let locked = matches!(view.access, Access::Locked(_));
    if locked != vm.get_locked() {
        vm.set_pin_dots(vm.invoke_pin_wipe());
        vm.set_pin_chosen(if people.len() == 1 { 0 } else { -1 });
    }
    vm.set_person(person);
    vm.set_people(replaced(vm.get_people(), people));
    vm.set_locked(locked);
}

/// Asked until a person answers: under the sale, never over it.
fn show_question_of_a_paper(vm: &Vm<'_>, view: &View) {
    let job = view.paper_asked.map(|job| job.to_string()).unwrap_or_default();
    vm.set_paper_asked(job.into());
    let question = view.paper_asked.and(view.printer_line.as_deref()).unwrap_or_default();
    vm.set_paper_question(question.into());
}

fn show_acts(vm: &Vm<'_>, view: &View) {
    vm.set_can_type(view.allows(Act::Type));
    vm.set_can_clear(view.allows(Act::Clear));
    vm.set_can_put_aside(view.allows(Act::PutAside));
    vm.set_can_cancel(view.allows(Act::Cancel));
    vm.set_can_check_again(view.allows(Act::CheckAgain));
    vm.set_can_confirm(view.allows(Act::Confirm));
}

/// `2 WAITING · 1 CHECKING · CNY 52.00`, or nothing while nothing is open.
fn open_text(view: &View) -> String {
    let open: Vec<&OpenCount> = view.open.iter().filter(|open| open.count > 0).collect();
    if open.is_empty() {
        return String::new();
    }
    let sum = open.iter().fold(0_u64, |sum, open| sum.saturating_add(open.sum_minor));
    let counts = open.iter().map(|open| format!("{} {}", open.count, open.shown_as.word(view.language)));
    let sum = format!("{} {}", view.currency, decimal(sum, view.currency));
    counts.chain([sum]).collect::<Vec<_>>().join(" · ")
}

/// How much of the clock is left, 0 to 1. Drawn, never decided on, so a float is fine.
#[allow(clippy::float_arithmetic)]
fn share(left_ms: u64, of_ms: u64) -> f32 {
    let per_mille = left_ms.saturating_mul(1000) / of_ms.max(1);
    f32::from(u16::try_from(per_mille.min(1000)).unwrap_or(1000)) / 1000.0
}

/// The model with these rows: the old one if it already has them, so that nothing repaints.
pub(crate) fn replaced<T: Clone + PartialEq + 'static>(old: ModelRc<T>, rows: Vec<T>) -> ModelRc<T> {
    if old.iter().eq(rows.iter().cloned()) { old } else { ModelRc::new(VecModel::from(rows)) }
}
