//! Views of every state, in two languages, as the core would make them.
#![allow(dead_code, reason = "each test file uses its part")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on shall stop")]

pub(crate) mod golden;
pub(crate) mod pages;

use quickpay_core::customer::CustomerView;
use quickpay_core::id::SaleId;
use quickpay_core::money::{Currency, Money};
use quickpay_core::view::{Access, Act, Countdown, Device, OpenCount, Panel, RecentSale, State, View};
use quickpay_core::words::Language;
use quickpay_ui::{Charge, Customer, DemoView, Line, Picture};
use std::path::Path;

pub(crate) mod lock;

/// Where the fonts are in the sources.
pub(crate) fn fonts_dir() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/fonts"))
}

/// Lines like those of the core.
fn lines(state: State, language: Language) -> [&'static str; 3] {
    if language == Language::ZhCn {
        return match state {
            State::Ready => ["请输入金额", "", ""],
            State::Armed => ["请顾客出示付款码", "", ""],
            State::Held => ["未扣款", "没有网络，还会再试 14 秒", "请稍候"],
            State::Expired => ["未扣款", "未能及时连上网络", "联网后请顾客刷新付款码再扫"],
            State::Submitted => ["已保存，等待结果 3 秒", "请勿重复扫码", ""],
            State::AwaitingPayer => ["尚未付款", "请在手机上输入密码或验证指纹", "还会等待 27 秒"],
            State::Checking => ["暂不确定是否已扣款", "请勿再次收款", "3 秒后再次查询"],
            State::Reversing => ["尚未确认", "请勿再次收款", ""],
            State::AskManager => ["暂不确定是否已扣款", "很久没有答复", "编号 T1-1000042-1"],
            State::Approved => ["CNY 88.00", "微信支付，14:02", ""],
            State::Declined => ["未扣款", "钱包拒绝付款：余额不足", "请刷新付款码或换一种方式付款"],
            State::Reversed => ["没有收款", "已扣的钱会退回", ""],
            State::RefundDue => ["撤销后才收到付款", "应退还顾客", "请店长退款"],
            State::RefundSaved => ["已保存，未提交", "请告知顾客尚未完成", ""],
            State::RefundSent => ["钱包正在处理", "请勿重复退款", ""],
            State::Refunded => ["退回原付款钱包", "", ""],
            State::RefundRefused => ["被拒绝，款项未退回", "请店长处理", ""],
        };
    }
    match state {
        State::Ready => ["Enter the amount", "", ""],
        State::Armed => ["Ask for the payment code", "", ""],
        State::Held => ["Nothing charged", "No network. Trying for 14 s more.", "Please wait"],
        State::Expired => {
            ["Nothing charged", "No network in time", "When online, ask for a fresh code and scan again"]
        }
        State::Submitted => ["Saved. Waiting for the answer, 3 s", "Do not scan again", ""],
        State::AwaitingPayer => ["Not paid yet", "Password or fingerprint on the phone", "We wait 27 s more"],
        State::Checking => ["We do not know yet", "Do not charge again", "Next check in 3 s"],
        State::Reversing => ["Not confirmed yet", "Do not charge again", ""],
        State::AskManager => ["We do not know yet", "No answer for a long time", "Reference T1-1000042-1"],
        State::Approved => ["CNY 88.00", "WeChat Pay, 14:02", ""],
        State::Declined => [
            "Nothing charged",
            "The wallet refused: not enough money",
            "Ask for a fresh code or another way to pay",
        ],
        State::Reversed => ["Nothing paid", "Money that was taken goes back", ""],
        State::RefundDue => ["Paid after we cancelled", "We owe the customer", "Manager: refund"],
        State::RefundSaved => ["Saved, not sent", "Say that it is not done yet", ""],
        State::RefundSent => ["The wallet is working on it", "Do not refund again", ""],
        State::Refunded => ["To the wallet that paid", "", ""],
        State::RefundRefused => ["Refused. Money was not returned", "Call the manager", ""],
    }
}

fn acts(state: State) -> Vec<Act> {
    match state {
        State::Ready => vec![Act::Type],
        State::Armed => vec![Act::Type, Act::Clear, Act::Scan, Act::PutAside],
        State::Held => vec![Act::Cancel, Act::PutAside],
        State::Submitted => vec![Act::PutAside],
        State::AwaitingPayer => vec![Act::Cancel, Act::PutAside],
        State::Checking => vec![Act::CheckAgain, Act::Cancel, Act::PutAside],
        State::Reversing => vec![Act::CheckAgain, Act::PutAside],
        State::AskManager => vec![Act::CheckAgain, Act::Cancel, Act::PutAside],
        State::Approved => vec![Act::Type, Act::Clear, Act::Reprint],
        State::Expired | State::Declined => vec![Act::Type, Act::Clear, Act::Scan, Act::PutAside],
        State::Reversed | State::RefundDue => vec![Act::Type, Act::Clear],
        State::RefundSaved => vec![Act::Type, Act::Clear, Act::Cancel],
        State::RefundSent => vec![Act::Type, Act::Clear, Act::CheckAgain],
        State::Refunded | State::RefundRefused => vec![Act::Type, Act::Clear],
    }
}

fn countdown(state: State) -> Option<Countdown> {
    match state {
        State::Held => Some(Countdown { left_ms: 14_000, of_ms: 20_000 }),
        State::AwaitingPayer => Some(Countdown { left_ms: 27_000, of_ms: 50_000 }),
        State::Checking => Some(Countdown { left_ms: 31_000, of_ms: 50_000 }),
        State::Ready
        | State::Armed
        | State::Expired
        | State::Submitted
        | State::Reversing
        | State::AskManager
        | State::Approved
        | State::Declined
        | State::Reversed
        | State::RefundDue
        | State::RefundSaved
        | State::RefundSent
        | State::Refunded
        | State::RefundRefused => None,
    }
}

fn money(minor: u64) -> Money {
    Money::from_minor(minor, Currency::Cny).unwrap()
}

fn recent(language: Language) -> Vec<RecentSale> {
    [
        (5, "14:02", 8800, State::Approved),
        (4, "14:01", 1200, State::Checking),
        (3, "13:58", 4000, State::Declined),
        (2, "13:51", 123_450, State::Approved),
        (1, "13:40", 600, State::Reversed),
    ]
    .map(|(sale, clock, minor, state)| RecentSale {
        sale: SaleId(sale),
        clock: clock.into(),
        amount: money(minor),
        state,
        shown_as: state,
        word: state.word(language).into(),
    })
    .into()
}

/// A view of the state.
pub(crate) fn view(state: State, language: Language) -> View {
    let ready = state == State::Ready;
    let troubled = matches!(state, State::Held | State::Checking | State::Expired);
    View {
        language,
        merchant: "Demo Store".into(),
        terminal: "T1".into(),
        clock: "14:02".into(),
        access: Access::Free,
        state,
        shown_as: state,
        word: state.word(language).into(),
        lines: lines(state, language).into_iter().filter(|line| !line.is_empty()).map(Into::into).collect(),
        sale: (!ready).then_some(SaleId(6)),
        panel: Panel::Counter,
        reference: (!matches!(state, State::Ready | State::Armed)).then(|| "T1-1000042-1".into()),
        amount_text: if ready { "0.00" } else { "88.00" }.into(),
        amount: (!ready).then(|| money(8800)),
        currency: Currency::Cny,
        shift: None,
        countdown: countdown(state),
        online: !matches!(state, State::Held | State::Expired),
        open: if troubled {
            vec![
                OpenCount { state: State::Held, shown_as: State::Held, count: 2, sum_minor: 4000 },
                OpenCount { state: State::Checking, shown_as: State::Checking, count: 1, sum_minor: 1200 },
            ]
        } else {
            Vec::new()
        },
        printer: if troubled { Device::NeedsCare } else { Device::Ready },
        scanner: Device::Ready,
        recent: recent(language),
        e_receipt: None,
        asks: None,
        acts: acts(state),
        printer_line: None,
        paper_asked: None,
        refunds_asked: Vec::new(),
        notice: None,
    }
}

/// A glass of a customer's display: its name, its pixels, its millimetres across.
pub(crate) const GLASSES: [(&str, (u32, u32), f32); 2] =
    [("7", (1024, 600), 153.4), ("10", (1280, 800), 217.5)];

/// What a customer sees of a state, in Chinese and English.
pub(crate) fn seen_by_customer(state: State) -> CustomerView {
    CustomerView::of(&view(state, Language::En), &[Language::ZhCn, Language::En])
}

/// What a customer sees of a paid sale whose receipt is at [`RECEIPT`].
pub(crate) fn with_receipt() -> CustomerView {
    let paid = View { e_receipt: Some(RECEIPT.into()), ..view(State::Approved, Language::En) };
    CustomerView::of(&paid, &[Language::ZhCn, Language::En])
}

/// What `receipt-code.png` beside this file says.
pub(crate) const RECEIPT: &str = "https://receipts.example.com/r/T1-3LK2QZ-S0001a";

/// A world beside the till.
pub(crate) fn world(language: Language) -> DemoView {
    let en = [
        ("Li", "WeChat", "pays at once"),
        ("Anna", "Alipay", "asks a password"),
        ("Jun", "Alipay", "never confirms"),
        ("Mei", "UnionPay", "no money"),
        ("Kim", "KakaoPay", "expired code"),
        ("Ivy", "WeChat", "pays twice"),
    ];
    let zh = [
        ("小李", "微信支付", "立即付款"),
        ("安娜", "支付宝", "要输密码"),
        ("小军", "支付宝", "一直不确认"),
        ("小美", "云闪付", "余额不足"),
        ("金", "KakaoPay", "付款码过期"),
        ("艾薇", "微信支付", "付两次"),
    ];
    let customers = if language == Language::ZhCn { zh } else { en };
    DemoView {
        customers: customers
            .map(|(name, wallet, habit)| Customer {
                name: name.into(),
                wallet: wallet.into(),
                habit: habit.into(),
                balance: "CNY 500.00".into(),
                ready: true,
            })
            .into(),
        line: Line::Slow,
        receipt: Some(paper()),
        charges: [
            ("14:02:11", "Li, T1-1000042-1", "88.00", false),
            ("14:01:40", "Anna, T1-1000041-1", "-12.00", true),
        ]
        .map(|(time, text, amount, back)| Charge {
            time: time.into(),
            text: text.into(),
            amount: amount.into(),
            back,
        })
        .into(),
        charged_total: "CNY 76.00".into(),
        caption: if language == Language::ZhCn {
            "网络断开。收银员照样扫码：付款码只在内存里保留 20 秒。".into()
        } else {
            "The line is down. The cashier scans all the same: the code is kept in memory for 20 s.".into()
        },
        touring: true,
        ..DemoView::default()
    }
}

/// Something that looks like a receipt from afar.
fn paper() -> Picture {
    let (width, height) = (576_u32, 900_u32);
    let gray: Vec<u8> = (0..height)
        .flat_map(|y| (0..width).map(move |x| (x, y)))
        .map(|(x, y)| {
            if y % 36 > 12 && y % 36 < 32 && x > 24 && x < 552 && (x / 14 + y / 36) % 3 != 0 {
                30
            } else {
                255
            }
        })
        .collect();
    Picture::from_gray(width, height, &gray).unwrap()
}

/// The till asks before it goes on, and remarks why the last scan was refused.
pub(crate) fn asking(language: Language) -> View {
    let chinese = language == Language::ZhCn;
    View {
        lines: if chinese {
            vec!["一笔相同金额还在核对中".into(), "如果是另一位顾客，请确认".into()]
        } else {
            vec![
                "A sale of the same amount is still being checked".into(),
                "Confirm if this is another customer".into(),
            ]
        },
        asks: Some(quickpay_core::view::Ask::SameAmountInDoubt),
        acts: vec![Act::Confirm, Act::Clear, Act::Type],
        notice: Some(
            if chinese {
                "此付款码已使用，请顾客刷新"
            } else {
                "Code already used: ask for a fresh one"
            }
            .into(),
        ),
        amount_text: "12345678.90".into(),
        ..view(State::Ready, language)
    }
}

/// Three lines longer than any of the core's.
pub(crate) fn wordy(state: State) -> View {
    let line = "The answer of the gateway does not match this sale, please call support.";
    View { lines: vec![line.into(); 3], ..view(state, Language::En) }
}
