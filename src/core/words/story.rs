//! The story of a sale in the words of the screen: one line a record.
//!
//! Invariant: a record that changes where the money stands is told with the word of that state, as everywhere.
//! Deliberately absent: the story for logs and exports, which is English (the rim's `story.rs`).

use super::states::PanelLine;
use super::{Language, PaperWord};
use crate::answer::Silence;
use crate::person::PersonName;
use crate::print::Hindrance;
use crate::record::{
    Contradiction, Copy, ExpiryCause, PrintProof, Record, ReversalCause, ReversalProof, Slip,
};
use crate::settings::Settings;
use crate::view::State;

/// What is told beside the words of states.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    RungUp,
    Began,
    Started,
    SignedIn,
    SignedOut,
    ShiftOpened,
    ShiftClosed,
    XReport,
    ZReport,
    AtTheGateway,
    NothingLeft,
    NoAnswer,
    GatewayFault,
    Conflict,
    Nonsense,
    Busy,
    ProvesNothing,
    AgreesAgain,
    Cashier,
    NotInTime,
    RefusedStillOpen,
    GatewaySaysSo,
    WatchOver,
    Astray,
    PutRight,
    RefundTakenBack,
    PutAside,
    TakenUp,
    Receipt,
    PendingSlip,
    ReversalSlip,
    RefundSlip,
    TestPage,
    Paper,
    PrintQueued,
    PrintWithdrawn,
    Printing,
    PaperOut,
    CoverOpen,
    PrinterFault,
    PrinterAway,
    Printed,
    PrintSent,
    PrintSeen,
    PrintUnknown,
    PrintMissing,
}

impl Record {
    /// This record as a line of its sale's story.
    #[must_use]
    #[expect(clippy::too_many_lines, reason = "one table: every record and its line")]
    pub fn told(&self, settings: &Settings, language: Language) -> String {
        let word = |state: State| state.word(language).to_owned();
        let with = |state: State, clause: &str| format!("{}: {clause}", state.word(language));
        let say = |told: Told| told.text(language).to_owned();
        match self {
            Record::JournalBegan { .. } => say(Told::Began),
            Record::TerminalStarted => say(Told::Started),
            Record::ShiftOpened { shift, operator } => {
                signed(format!("{} {}", Told::ShiftOpened.text(language), shift.0), [operator])
            }
            Record::ShiftClosed { .. } => say(Told::ShiftClosed),
            Record::PersonSignedIn { person } => format!("{}: {person}", Told::SignedIn.text(language)),
            Record::PersonSignedOut { person, .. } => {
                format!("{}: {person}", Told::SignedOut.text(language))
            }
            Record::SaleOpened { amount, operator, .. } => {
                signed(format!("{}: {amount}", Told::RungUp.text(language)), [operator])
            }
            Record::AttemptHeld { wallet, operator, .. } => {
                signed(with(State::Held, &settings.wallet_name(wallet, language)), [operator])
            }
            Record::AttemptSubmitted { wallet, operator, .. } => {
                signed(with(State::Submitted, &settings.wallet_name(wallet, language)), [operator])
            }
            Record::AttemptNotSent { .. } => with(State::Held, Told::NothingLeft.text(language)),
            Record::AttemptExpired { cause, .. } => with(State::Expired, &expiry(*cause).text(language)),
            Record::IntentNamed { intent, .. } => {
                format!("{}: {intent}", Told::AtTheGateway.text(language))
            }
            Record::AnswerMissed { silence, .. } => with(State::Checking, silent(*silence).text(language)),
            Record::DeclineDoubted { .. } => with(State::Checking, Told::ProvesNothing.text(language)),
            Record::AnswerContradicted { contradiction, .. } => {
                with(State::Checking, &contradicted(*contradiction, language))
            }
            Record::AnswerAgreed { .. } => with(State::Checking, Told::AgreesAgain.text(language)),
            Record::PayerAwaited { .. } => word(State::AwaitingPayer),
            Record::AttemptApproved { .. } => word(State::Approved),
            Record::AttemptDeclined { decline, .. } => {
                with(State::Declined, decline.reason().clause(language))
            }
            Record::ReversalOwed { cause, .. } => with(State::Reversing, undone_for(cause).text(language)),
            Record::AttemptReversed { proof, .. } => {
                let proof = match proof {
                    ReversalProof::Canceled => say(Told::GatewaySaysSo),
                    ReversalProof::NeverCreated => PanelLine::NothingWasCreated.text(language),
                };
                with(State::Reversed, &proof)
            }
            Record::WatchEnded { .. } => say(Told::WatchOver),
            Record::RefundOwed { amount, .. } => with(State::RefundDue, &amount.to_string()),
            Record::StrayMoneyTold { stray, .. } => {
                let what = format!("{}: {}", Told::Astray.text(language), stray.told);
                with(State::AskManager, &what)
            }
            Record::StrayMoneyTakenBack { .. } => with(State::AskManager, Told::AgreesAgain.text(language)),
            Record::StrayMoneyPutRight { seen_by, .. } => signed(say(Told::PutRight), [seen_by]),
            Record::RefundSaved { amount, reason, operator, approver, .. } => {
                let reason = if reason.is_empty() { String::new() } else { format!(", {reason}") };
                signed(with(State::RefundSaved, &format!("{amount}{reason}")), [operator, approver])
            }
            Record::RefundSent { .. } => word(State::RefundSent),
            Record::RefundNotSent { .. } => with(State::RefundSaved, Told::NothingLeft.text(language)),
            Record::RefundNamed { id, .. } => format!("{}: {}", Told::AtTheGateway.text(language), id.0),
            Record::RefundMissed { silence, .. } => with(State::RefundSent, silent(*silence).text(language)),
            Record::RefundConfirmed { seen_by, .. } => signed(word(State::Refunded), [seen_by]),
            Record::RefundRefused { words, seen_by, .. } => {
                signed(with(State::RefundRefused, words), [seen_by])
            }
            Record::RefundWithdrawn { .. } => say(Told::RefundTakenBack),
            Record::SalePutAside { .. } => say(Told::PutAside),
            Record::SaleResumed { .. } => say(Told::TakenUp),
            Record::PrintQueued { copy, operator, .. } => {
                signed(paper(Told::Receipt, *copy, Told::PrintQueued, language), [operator])
            }
            Record::SlipQueued { slip, copy, operator, .. } => {
                let slip = match slip {
                    Slip::Pending(_) => Told::PendingSlip,
                    Slip::Reversal(_) => Told::ReversalSlip,
                    Slip::Refund(_) => Told::RefundSlip,
                    Slip::Test => Told::TestPage,
                    Slip::X(_) => Told::XReport,
                    Slip::Z(_) => Told::ZReport,
                };
                signed(paper(slip, *copy, Told::PrintQueued, language), [operator])
            }
            Record::PrintWithdrawn { .. } => on_paper(Told::PrintWithdrawn, language),
            Record::PrintStarted { .. } => on_paper(Told::Printing, language),
            Record::PrintInterrupted { why, .. } => on_paper(
                match why {
                    Hindrance::PaperOut => Told::PaperOut,
                    Hindrance::CoverOpen => Told::CoverOpen,
                    Hindrance::NeedsAttention => Told::PrinterFault,
                },
                language,
            ),
            Record::PrintNotSent { .. } => on_paper(Told::PrinterAway, language),
            Record::PrintFinished { proof, .. } => on_paper(
                match proof {
                    PrintProof::Answered => Told::Printed,
                    PrintProof::Sent => Told::PrintSent,
                    PrintProof::Seen => Told::PrintSeen,
                },
                language,
            ),
            Record::PrintUnknown { .. } => on_paper(Told::PrintUnknown, language),
            Record::PrintMissing { .. } => on_paper(Told::PrintMissing, language),
        }
    }
}

/// With the people behind it, each once; nobody is named where no people are configured.
fn signed<const N: usize>(line: String, people: [&Option<PersonName>; N]) -> String {
    let mut names: Vec<&str> = people.into_iter().flatten().map(PersonName::as_str).collect();
    names.dedup();
    if names.is_empty() { line } else { format!("{line} ({})", names.join(", ")) }
}

fn paper(what: Told, copy: Copy, stage: Told, language: Language) -> String {
    let (what, stage) = (what.text(language), stage.text(language));
    match copy {
        Copy::Original => format!("{what}: {stage}"),
        // COPY is the same in all languages, as on the paper itself.
        Copy::Number(number) => {
            format!("{what}, COPY {number} ({}): {stage}", PaperWord::Duplicate.text(language))
        }
    }
}

fn on_paper(stage: Told, language: Language) -> String {
    format!("{}: {}", Told::Paper.text(language), stage.text(language))
}

fn expiry(cause: ExpiryCause) -> PanelLine {
    match cause {
        ExpiryCause::Deadline => PanelLine::NoNetworkInTime,
        ExpiryCause::Restart => PanelLine::LostAtRestart,
        ExpiryCause::Cashier => PanelLine::GivenUpUnsent,
        ExpiryCause::SignOut => PanelLine::WipedAtSignOut,
    }
}

fn silent(silence: Silence) -> Told {
    match silence {
        Silence::NoAnswer => Told::NoAnswer,
        Silence::ServerError => Told::GatewayFault,
        Silence::Conflict => Told::Conflict,
        Silence::Nonsense => Told::Nonsense,
        Silence::Busy(_) => Told::Busy,
    }
}

/// What differs is for support and stands in the log; a cashier calls.
fn contradicted(contradiction: Contradiction, language: Language) -> String {
    match contradiction {
        Contradiction::Amount
        | Contradiction::Currency
        | Contradiction::Order
        | Contradiction::Mode
        | Contradiction::Unknown => PanelLine::Contradicted.text(language),
    }
}

fn undone_for(cause: &ReversalCause) -> Told {
    match cause {
        ReversalCause::Cashier => Told::Cashier,
        ReversalCause::WindowOver => Told::NotInTime,
        ReversalCause::Declined(_) => Told::RefusedStillOpen,
    }
}

impl Told {
    #[expect(clippy::too_many_lines, reason = "one table of texts")]
    fn text(self, language: Language) -> &'static str {
        language.pick(match self {
            Told::RungUp => ["Rung up", "开单", "開單", "거래 등록"],
            Told::Began => ["Journal begun", "账本启用", "帳本啟用", "장부 시작"],
            Told::Started => ["Terminal started", "终端启动", "終端啟動", "단말기 시작"],
            Told::SignedIn => ["Signed in", "登录", "登入", "로그인"],
            Told::ShiftOpened => ["Shift opened", "开班", "開班", "근무 시작"],
            Told::ShiftClosed => ["Shift closed", "交班", "交班", "근무 종료"],
            Told::XReport => ["X report", "X 报表", "X 報表", "X 리포트"],
            Told::ZReport => ["Z report", "Z 报表", "Z 報表", "Z 리포트"],
            Told::SignedOut => ["Signed out", "退出", "登出", "로그아웃"],
            Told::AtTheGateway => ["Gateway's number", "网关编号", "閘道編號", "게이트웨이 번호"],
            Told::NothingLeft => ["nothing left the till", "未发出", "未送出", "전송되지 않음"],
            Told::NoAnswer => ["no answer", "没有应答", "沒有應答", "응답 없음"],
            Told::GatewayFault => ["fault at the gateway", "网关故障", "閘道故障", "게이트웨이 오류"],
            Told::Conflict => {
                ["the gateway saw a conflict", "网关报告冲突", "閘道回報衝突", "게이트웨이 충돌"]
            }
            Told::Nonsense => ["an answer without sense", "应答无法识别", "應答無法識別", "알 수 없는 응답"],
            Told::Busy => ["the gateway is busy", "网关繁忙", "閘道忙碌", "게이트웨이 사용량 많음"],
            Told::ProvesNothing => [
                "a refusal that proves nothing",
                "被拒绝，但不能证明未扣款",
                "被拒絕，但不能證明未扣款",
                "거절되었으나 증거가 되지 않음",
            ],
            Told::AgreesAgain => {
                ["the answer agrees again", "应答重新相符", "應答重新相符", "응답이 다시 일치"]
            }
            Told::Cashier => ["the cashier cancelled", "收银员撤销", "收銀員撤銷", "직원이 취소"],
            Told::NotInTime => ["not confirmed in time", "未及时确认", "未及時確認", "제때 확인되지 않음"],
            Told::RefusedStillOpen => [
                "refused, still open at the gateway",
                "被拒绝，网关仍未关闭",
                "被拒絕，閘道仍未關閉",
                "거절되었으나 게이트웨이에 남아 있음",
            ],
            Told::GatewaySaysSo => ["the gateway says so", "网关已证实", "閘道已證實", "게이트웨이 확인"],
            Told::WatchOver => [
                "No money came. Nothing more is asked.",
                "没有收到款项，不再查询。",
                "沒有收到款項，不再查詢。",
                "입금이 없었습니다. 더 확인하지 않습니다.",
            ],
            Told::Astray => {
                ["money that nobody asked for", "来历不明的款项", "來歷不明的款項", "요청하지 않은 입금"]
            }
            Told::PutRight => [
                "Put right at the gateway by a person",
                "已由人工在网关处理",
                "已由人工在閘道處理",
                "담당자가 게이트웨이에서 처리함",
            ],
            Told::RefundTakenBack => [
                "Refund taken back before it was sent",
                "退款在提交前收回",
                "退款在提交前收回",
                "전송 전에 환불을 거둠",
            ],
            Told::PutAside => ["Put aside", "挂单", "掛單", "보류"],
            Told::TakenUp => ["Taken up again", "取回挂单", "取回掛單", "다시 불러옴"],
            Told::Receipt => ["Receipt", "小票", "收據", "영수증"],
            Told::PendingSlip => ["Slip of the open sale", "待确认凭条", "待確認憑條", "미확정 전표"],
            Told::ReversalSlip => ["Slip of the end", "撤销凭条", "撤銷憑條", "취소 전표"],
            Told::RefundSlip => ["Refund slip", "退款凭条", "退款憑條", "환불 전표"],
            Told::TestPage => ["Test page", "测试页", "測試頁", "시험 출력"],
            Told::Paper => ["Paper", "打印", "列印", "출력"],
            Told::PrintQueued => ["to be printed", "等待打印", "等待列印", "출력 대기"],
            Told::PrintWithdrawn => [
                "withdrawn, no longer true",
                "已作废，内容已过时",
                "已作廢，內容已過時",
                "더 이상 사실이 아니어서 취소",
            ],
            Told::Printing => ["printing", "正在打印", "正在列印", "출력 중"],
            Told::PaperOut => ["out of paper", "缺纸", "缺紙", "용지 없음"],
            Told::CoverOpen => ["cover open", "盖子打开", "蓋子打開", "덮개 열림"],
            Told::PrinterFault => ["the printer reports an error", "打印机报错", "印表機報錯", "프린터 오류"],
            Told::PrinterAway => {
                ["printer not reached", "连不上打印机", "連不上印表機", "프린터에 연결되지 않음"]
            }
            Told::Printed => ["printed", "已打印", "已列印", "출력됨"],
            Told::PrintSent => {
                ["sent, not proven", "已发送，未证实", "已送出，未證實", "전송됨, 확인되지 않음"]
            }
            Told::PrintSeen => {
                ["printed, a person saw it", "已打印，人工确认", "已列印，人工確認", "출력됨, 사람이 확인"]
            }
            Told::PrintUnknown => ["did it come out?", "是否打印出来？", "是否列印出來？", "출력되었습니까?"],
            Told::PrintMissing => [
                "it did not come out, a person looked",
                "没有打印出来，人工确认",
                "沒有列印出來，人工確認",
                "출력되지 않음, 사람이 확인",
            ],
        })
    }
}
