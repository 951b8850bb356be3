//! The word and the lines of each state: did money move, why in one clause, what to do now.
//! Source of the words: screens contract, section 4.

use super::Language;
use crate::view::{Ask, State};

impl State {
    /// The one word for this state, the same on screen, paper, list, log and manual.
    #[must_use]
    pub fn word(self, language: Language) -> &'static str {
        language.pick(match self {
            State::Ready => ["READY", "待收款", "待收款", "대기"],
            State::Armed => ["SCAN", "请扫码", "請掃碼", "스캔하세요"],
            State::Held => ["WAITING", "等待网络", "等待網路", "네트워크 대기"],
            State::Expired => ["NOT CHARGED", "未扣款", "未扣款", "청구 안 됨"],
            State::Submitted => ["SENDING", "正在收款", "正在收款", "전송 중"],
            State::AwaitingPayer => ["CUSTOMER CONFIRMS", "请顾客确认", "請顧客確認", "고객 확인 중"],
            State::Checking => ["CHECKING", "核对中", "核對中", "확인 중"],
            State::Reversing => ["CANCELLING", "撤销中", "撤銷中", "취소 중"],
            State::AskManager => ["ASK MANAGER", "请店长处理", "請店長處理", "관리자 호출"],
            State::Approved => ["PAID", "收款成功", "收款成功", "결제 완료"],
            State::Declined => ["NOT PAID", "未收款", "未收款", "결제 안 됨"],
            State::Reversed => ["CANCELLED", "已撤销", "已撤銷", "취소됨"],
            State::RefundDue => ["REFUND DUE", "待退款", "待退款", "환불 예정"],
            State::RefundSaved => ["REFUND WAITING", "退款待提交", "退款待提交", "환불 대기"],
            State::RefundSent => ["REFUND IN PROGRESS", "退款中", "退款中", "환불 진행 중"],
            State::Refunded => ["REFUNDED", "已退款", "已退款", "환불 완료"],
            State::RefundRefused => ["NOT REFUNDED", "未退款", "未退款", "환불 안 됨"],
        })
    }
}

impl Ask {
    /// The word over a question, put so that Confirm means yes.
    #[must_use]
    pub fn word(self, language: Language) -> &'static str {
        language.pick(match self {
            Ask::LargeAmount => ["SURE?", "请确认金额", "請確認金額", "금액 확인"],
            Ask::SameAmountInDoubt => ["NEW CUSTOMER?", "新顾客？", "新顧客？", "다른 고객?"],
        })
    }
}

/// What a line says; numbers are whole seconds. Whoever takes a line with `{amount}` or `{number}` sets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PanelLine {
    Locked,
    SignInWithYourPin,
    EnterTheAmount,
    ScanTheReceipt,
    AskForTheCode,
    NothingCharged,
    NoNetworkTrying(u64),
    NoNetworkInTime,
    GivenUpUnsent,
    LostAtRestart,
    WipedAtSignOut,
    AskFreshCodeWhenOnline,
    Saved,
    WaitingForAnswer(u64),
    DoNotScanAgain,
    OnThePhone,
    WeWait(u64),
    WeDoNotKnowYet,
    NextCheck(u64),
    CheckingNow,
    OfflineWillCheck,
    Contradicted,
    DoNotChargeAgain,
    NotConfirmedYet,
    CancelAllowedIn(u64),
    NoAnswerForLong,
    CallManager,
    NothingPaidMoneyReturns,
    NothingWasCreated,
    NotPaidNothingTaken,
    PaidAfterCancel,
    WeOweTheCustomer,
    RefundOnlySaved,
    SayNotDoneYet,
    WalletIsWorking,
    DoNotRefundAgain,
    StrayMoneyCame,
    StrayMoneyBeside,
    LookUpOrder,
    NothingRefundedCallManager,
    RefundUnknown,
    LookUpRefund,
    SayWhetherItWentBack,
    ToTheWalletThatPaid,
    MoneyNotReturned,
    CallTheManager,
    Asks(Ask),
    AnswerYesOrClear,
    NextSale,
}

impl PanelLine {
    pub(crate) fn text(self, language: Language) -> String {
        let template = language.pick(self.templates());
        match self {
            PanelLine::NoNetworkTrying(s)
            | PanelLine::WaitingForAnswer(s)
            | PanelLine::WeWait(s)
            | PanelLine::NextCheck(s)
            | PanelLine::CancelAllowedIn(s) => template.replace("{s}", &s.to_string()),
            PanelLine::Locked
            | PanelLine::SignInWithYourPin
            | PanelLine::EnterTheAmount
            | PanelLine::ScanTheReceipt
            | PanelLine::AskForTheCode
            | PanelLine::NothingCharged
            | PanelLine::NoNetworkInTime
            | PanelLine::GivenUpUnsent
            | PanelLine::LostAtRestart
            | PanelLine::WipedAtSignOut
            | PanelLine::AskFreshCodeWhenOnline
            | PanelLine::Saved
            | PanelLine::DoNotScanAgain
            | PanelLine::OnThePhone
            | PanelLine::WeDoNotKnowYet
            | PanelLine::CheckingNow
            | PanelLine::OfflineWillCheck
            | PanelLine::Contradicted
            | PanelLine::DoNotChargeAgain
            | PanelLine::NotConfirmedYet
            | PanelLine::NoAnswerForLong
            | PanelLine::CallManager
            | PanelLine::NothingPaidMoneyReturns
            | PanelLine::NothingWasCreated
            | PanelLine::NotPaidNothingTaken
            | PanelLine::PaidAfterCancel
            | PanelLine::WeOweTheCustomer
            | PanelLine::RefundOnlySaved
            | PanelLine::SayNotDoneYet
            | PanelLine::WalletIsWorking
            | PanelLine::DoNotRefundAgain
            | PanelLine::StrayMoneyCame
            | PanelLine::StrayMoneyBeside
            | PanelLine::LookUpOrder
            | PanelLine::NothingRefundedCallManager
            | PanelLine::RefundUnknown
            | PanelLine::LookUpRefund
            | PanelLine::SayWhetherItWentBack
            | PanelLine::ToTheWalletThatPaid
            | PanelLine::MoneyNotReturned
            | PanelLine::CallTheManager
            | PanelLine::Asks(_)
            | PanelLine::AnswerYesOrClear
            | PanelLine::NextSale => template.to_owned(),
        }
    }

    #[expect(clippy::too_many_lines, reason = "one table of texts")]
    fn templates(self) -> [&'static str; 4] {
        match self {
            PanelLine::ScanTheReceipt => [
                "Scan the receipt to print a copy",
                "请扫描收据以打印副本",
                "請掃描收據以列印副本",
                "영수증을 스캔하면 사본을 출력합니다",
            ],
            PanelLine::Locked => ["LOCKED", "已锁定", "已鎖定", "잠김"],
            PanelLine::SignInWithYourPin => [
                "Choose your name and enter your PIN.",
                "请选择姓名并输入 PIN 码。",
                "請選擇姓名並輸入 PIN 碼。",
                "이름을 선택하고 PIN을 입력하세요.",
            ],
            PanelLine::EnterTheAmount => {
                ["Enter the amount.", "请输入金额。", "請輸入金額。", "금액을 입력하세요."]
            }
            PanelLine::AskForTheCode => [
                "Ask for the payment code.",
                "请顾客出示付款码。",
                "請顧客出示付款碼。",
                "결제 코드를 요청하세요.",
            ],
            PanelLine::NothingCharged => {
                ["Nothing charged.", "尚未扣款。", "尚未扣款。", "청구되지 않았습니다."]
            }
            PanelLine::NoNetworkTrying(_) => [
                "No network. Trying for {s} s more.",
                "无网络，再尝试 {s} 秒。",
                "無網路，再嘗試 {s} 秒。",
                "네트워크 없음. {s}초 더 시도합니다.",
            ],
            PanelLine::NoNetworkInTime => [
                "No network in time.",
                "网络未能及时恢复。",
                "網路未能及時恢復。",
                "제때 네트워크에 연결되지 않았습니다.",
            ],
            PanelLine::GivenUpUnsent => [
                "Given up before it was sent.",
                "发送前已放弃。",
                "傳送前已放棄。",
                "전송 전에 취소했습니다.",
            ],
            PanelLine::LostAtRestart => [
                "The terminal restarted before it was sent.",
                "发送前终端已重启。",
                "傳送前終端已重新啟動。",
                "전송 전에 단말기가 다시 시작되었습니다.",
            ],
            PanelLine::WipedAtSignOut => [
                "The cashier signed out before it was sent.",
                "发送前收银员已退出登录。",
                "傳送前收銀員已登出。",
                "전송 전에 계산원이 로그아웃했습니다.",
            ],
            PanelLine::AskFreshCodeWhenOnline => [
                "When online, ask for a fresh code.",
                "联网后请顾客刷新付款码。",
                "連線後請顧客更新付款碼。",
                "온라인이 되면 새 코드를 요청하세요.",
            ],
            PanelLine::Saved => [
                "Saved. Nothing is decided yet.",
                "已保存，尚无结果。",
                "已儲存，尚無結果。",
                "저장됨. 아직 결과가 없습니다.",
            ],
            PanelLine::WaitingForAnswer(_) => [
                "Waiting for the answer, {s} s.",
                "等待应答，{s} 秒。",
                "等待應答，{s} 秒。",
                "응답 대기 중, {s}초.",
            ],
            PanelLine::DoNotScanAgain => {
                ["Do not scan again.", "请勿再扫。", "請勿再掃。", "다시 스캔하지 마세요."]
            }
            PanelLine::OnThePhone => [
                "Password or fingerprint on the phone.",
                "请顾客在手机上输入密码或指纹。",
                "請顧客在手機上輸入密碼或指紋。",
                "휴대폰에서 비밀번호나 지문을 입력합니다.",
            ],
            PanelLine::WeWait(_) => {
                ["We wait {s} s more.", "再等待 {s} 秒。", "再等待 {s} 秒。", "{s}초 더 기다립니다."]
            }
            PanelLine::WeDoNotKnowYet => [
                "We do not know yet whether the customer was charged.",
                "尚不清楚是否已扣款。",
                "尚不清楚是否已扣款。",
                "청구 여부를 아직 알 수 없습니다.",
            ],
            PanelLine::NextCheck(_) => [
                "Next check in {s} s.",
                "{s} 秒后再次核对。",
                "{s} 秒後再次核對。",
                "{s}초 후 다시 확인합니다.",
            ],
            PanelLine::CheckingNow => [
                "Asking the gateway now.",
                "正在向网关查询。",
                "正在向閘道查詢。",
                "게이트웨이에 확인 중입니다.",
            ],
            PanelLine::OfflineWillCheck => [
                "No network. We ask as soon as it is back.",
                "无网络，恢复后立即核对。",
                "無網路，恢復後立即核對。",
                "네트워크 없음. 복구되면 바로 확인합니다.",
            ],
            PanelLine::Contradicted => [
                "The gateway's answer does not match this sale. Call support.",
                "网关应答与本单不符，请联系支持。",
                "閘道應答與本單不符，請聯絡支援。",
                "게이트웨이 응답이 이 거래와 다릅니다. 지원팀에 연락하세요.",
            ],
            PanelLine::DoNotChargeAgain => {
                ["Do not charge again.", "请勿重复收款。", "請勿重複收款。", "다시 청구하지 마세요."]
            }
            PanelLine::NotConfirmedYet => {
                ["Not confirmed yet.", "尚未确认。", "尚未確認。", "아직 확인되지 않았습니다."]
            }
            PanelLine::CancelAllowedIn(_) => [
                "The wallet allows it in {s} s.",
                "钱包 {s} 秒后允许撤销。",
                "錢包 {s} 秒後允許撤銷。",
                "{s}초 후 취소할 수 있습니다.",
            ],
            PanelLine::NoAnswerForLong => [
                "No answer for a long time. The customer may be charged.",
                "长时间无应答，可能已扣款。",
                "長時間無應答，可能已扣款。",
                "오랫동안 응답이 없습니다. 청구되었을 수 있습니다.",
            ],
            PanelLine::CallManager => [
                "Call the manager. Do not charge again.",
                "请店长处理，请勿重复收款。",
                "請店長處理，請勿重複收款。",
                "관리자를 부르세요. 다시 청구하지 마세요.",
            ],
            PanelLine::NothingPaidMoneyReturns => [
                "Nothing paid. Money that was taken goes back.",
                "未收款，若已扣款会自动退回。",
                "未收款，若已扣款會自動退回。",
                "결제되지 않았습니다. 인출된 금액은 돌아갑니다.",
            ],
            PanelLine::NothingWasCreated => [
                "Nothing paid. The request never arrived.",
                "未收款，请求未曾到达。",
                "未收款，請求未曾到達。",
                "결제되지 않았습니다. 요청이 도착하지 않았습니다.",
            ],
            PanelLine::NotPaidNothingTaken => {
                ["Nothing was taken.", "未扣款。", "未扣款。", "인출된 금액이 없습니다."]
            }
            PanelLine::PaidAfterCancel => [
                "Paid after we cancelled.",
                "撤销后顾客已付款。",
                "撤銷後顧客已付款。",
                "취소한 뒤에 결제되었습니다.",
            ],
            PanelLine::WeOweTheCustomer => [
                "We owe the customer. Call the manager.",
                "应退还顾客，请店长处理。",
                "應退還顧客，請店長處理。",
                "고객에게 환불해야 합니다. 관리자를 부르세요.",
            ],
            PanelLine::RefundOnlySaved => [
                "Saved, not sent.",
                "已保存，未提交。",
                "已儲存，未提交。",
                "저장됨. 아직 전송되지 않았습니다.",
            ],
            PanelLine::SayNotDoneYet => [
                "Say that it is not done yet.",
                "请告知顾客尚未完成。",
                "請告知顧客尚未完成。",
                "아직 완료되지 않았다고 알리세요.",
            ],
            PanelLine::WalletIsWorking => [
                "The wallet is working on it.",
                "钱包正在处理。",
                "錢包正在處理。",
                "지갑이 처리하고 있습니다.",
            ],
            PanelLine::DoNotRefundAgain => {
                ["Do not refund again.", "请勿重复退款。", "請勿重複退款。", "다시 환불하지 마세요."]
            }
            PanelLine::StrayMoneyCame => [
                "The gateway says that {amount} came after we gave up.",
                "网关称：放弃后又收到 {amount}。",
                "閘道稱：放棄後又收到 {amount}。",
                "게이트웨이: 포기한 뒤 {amount} 결제됨.",
            ],
            PanelLine::StrayMoneyBeside => [
                "Paid. The gateway tells of {amount} more for this sale.",
                "已付款。网关称本单另有一笔 {amount}。",
                "已付款。閘道稱本單另有一筆 {amount}。",
                "결제됨. 게이트웨이: 이 거래에 {amount} 추가 결제.",
            ],
            PanelLine::LookUpOrder => [
                "It does not match this sale. Look up {number} at the gateway.",
                "与本单不符，请在网关查找 {number}。",
                "與本單不符，請在閘道查找 {number}。",
                "이 거래와 다릅니다. 게이트웨이에서 {number} 확인.",
            ],
            PanelLine::NothingRefundedCallManager => [
                "Nothing was refunded. Call the manager.",
                "尚未退款，请店长处理。",
                "尚未退款，請店長處理。",
                "환불되지 않았습니다. 관리자를 부르세요.",
            ],
            PanelLine::RefundUnknown => [
                "We do not know whether {amount} went back.",
                "尚不清楚 {amount} 是否已退回。",
                "尚不清楚 {amount} 是否已退回。",
                "{amount} 환불 여부를 알 수 없습니다.",
            ],
            PanelLine::LookUpRefund => [
                "No answer for long. Look up refund {number} at the gateway.",
                "长时间无应答，请在网关查找退款 {number}。",
                "長時間無應答，請在閘道查找退款 {number}。",
                "응답이 없습니다. 게이트웨이에서 환불 {number} 확인.",
            ],
            PanelLine::SayWhetherItWentBack => [
                "Call the manager. Then say: went back, or did not.",
                "请店长处理，然后确认：已退回或未退回。",
                "請店長處理，然後確認：已退回或未退回。",
                "관리자를 부르세요. 환불되었는지 답해 주세요.",
            ],
            PanelLine::ToTheWalletThatPaid => [
                "To the wallet that paid.",
                "退回原付款钱包。",
                "退回原付款錢包。",
                "결제한 지갑으로 돌아갑니다.",
            ],
            PanelLine::MoneyNotReturned => [
                "Refused. Money was not returned.",
                "被拒绝，款项未退回。",
                "被拒絕，款項未退回。",
                "거절됨. 금액이 반환되지 않았습니다.",
            ],
            PanelLine::CallTheManager => {
                ["Call the manager.", "请店长处理。", "請店長處理。", "관리자를 부르세요."]
            }
            PanelLine::Asks(Ask::LargeAmount) => [
                "A large amount. Is it right?",
                "金额较大，是否正确？",
                "金額較大，是否正確？",
                "큰 금액입니다. 맞습니까?",
            ],
            PanelLine::Asks(Ask::SameAmountInDoubt) => [
                "A sale of this amount is still being checked. Is this another customer?",
                "同金额的一笔仍在核对，这是另一位顾客吗？",
                "同金額的一筆仍在核對，這是另一位顧客嗎？",
                "같은 금액의 거래를 확인 중입니다. 다른 고객입니까?",
            ],
            PanelLine::AnswerYesOrClear => [
                "Confirm, or clear the amount.",
                "请确认，或清除金额。",
                "請確認，或清除金額。",
                "확인하거나 금액을 지우세요.",
            ],
            PanelLine::NextSale => [
                "Enter the next amount.",
                "请输入下一笔金额。",
                "請輸入下一筆金額。",
                "다음 금액을 입력하세요.",
            ],
        }
    }
}
