//! What the customer's display says, in the customer's terms: what to do, and what became of the money.
//!
//! Invariant: only what the gateway proved is called paid, cancelled or refunded; while in doubt nobody is asked to pay again.
//! A result has the same word as on the till and on paper. Source: screens contract, sections 4, 7 and 8.

use super::Language;

/// A text of the display that is not a state's own word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CustomerWord {
    Welcome,
    AmountToPay,
    ShowYourCode,
    HoldItToTheScanner,
    NoNetworkWait,
    PleaseWait,
    ConfirmOnYourPhone,
    PasswordOrFingerprint,
    WeAreChecking,
    DoNotPayAgain,
    NotConfirmedYet,
    ThankYou,
    RefreshYourCode,
    NoNetworkNothingTaken,
    RefreshOrPayAnotherWay,
    NothingPaid,
    WeOweYou,
    RefundNotSent,
    WalletIsWorking,
    ToTheWalletThatPaid,
    AskTheCashier,
}

impl CustomerWord {
    /// The text in a language.
    #[expect(clippy::too_many_lines, reason = "one table of texts")]
    pub(crate) fn text(self, language: Language) -> &'static str {
        language.pick(match self {
            CustomerWord::Welcome => ["Welcome", "欢迎光临", "歡迎光臨", "어서 오세요"],
            CustomerWord::AmountToPay => ["Amount to pay", "应付金额", "應付金額", "결제 금액"],
            CustomerWord::ShowYourCode => {
                ["Show your payment code", "请出示付款码", "請出示付款碼", "결제 코드를 보여 주세요"]
            }
            CustomerWord::HoldItToTheScanner => {
                ["Hold it to the scanner.", "请对准扫码器。", "請對準掃碼器。", "스캐너에 대 주세요."]
            }
            CustomerWord::NoNetworkWait => [
                "No network. Nothing charged. Please wait.",
                "无网络，尚未扣款，请稍候。",
                "無網路，尚未扣款，請稍候。",
                "네트워크 없음. 청구되지 않았습니다. 기다려 주세요.",
            ],
            CustomerWord::PleaseWait => ["Please wait.", "请稍候。", "請稍候。", "기다려 주세요."],
            CustomerWord::ConfirmOnYourPhone => {
                ["Confirm on your phone", "请在手机上确认", "請在手機上確認", "휴대폰에서 확인해 주세요"]
            }
            CustomerWord::PasswordOrFingerprint => [
                "Password or fingerprint.",
                "请输入密码或验证指纹。",
                "請輸入密碼或驗證指紋。",
                "비밀번호나 지문을 입력해 주세요.",
            ],
            CustomerWord::WeAreChecking => [
                "We are checking. Please wait.",
                "正在核对，请稍候。",
                "正在核對，請稍候。",
                "확인 중입니다. 기다려 주세요.",
            ],
            CustomerWord::DoNotPayAgain => {
                ["Do not pay again.", "请勿重复付款。", "請勿重複付款。", "다시 결제하지 마세요."]
            }
            CustomerWord::NotConfirmedYet => [
                "Not confirmed yet. Please wait.",
                "尚未确认，请稍候。",
                "尚未確認，請稍候。",
                "아직 확인되지 않았습니다. 기다려 주세요.",
            ],
            CustomerWord::ThankYou => ["Thank you.", "谢谢惠顾。", "謝謝惠顧。", "감사합니다."],
            CustomerWord::RefreshYourCode => [
                "Nothing was taken. Please refresh your code.",
                "尚未扣款，请刷新付款码。",
                "尚未扣款，請更新付款碼。",
                "인출된 금액이 없습니다. 코드를 새로 고쳐 주세요.",
            ],
            CustomerWord::NoNetworkNothingTaken => [
                "No network. Nothing was taken.",
                "无网络，尚未扣款。",
                "無網路，尚未扣款。",
                "네트워크 없음. 인출된 금액이 없습니다.",
            ],
            CustomerWord::RefreshOrPayAnotherWay => [
                "Nothing was taken. Refresh your code, or pay another way.",
                "尚未扣款，请刷新付款码或换一种方式付款。",
                "尚未扣款，請更新付款碼或換一種方式付款。",
                "인출된 금액이 없습니다. 코드를 새로 고치거나 다른 방법으로 결제하세요.",
            ],
            CustomerWord::NothingPaid => [
                "Nothing paid. Money that was taken goes back.",
                "未收款，若已扣款会自动退回。",
                "未收款，若已扣款會自動退回。",
                "결제되지 않았습니다. 인출된 금액은 돌아갑니다.",
            ],
            CustomerWord::WeOweYou => [
                "Your money came after we cancelled. We owe it to you.",
                "撤销后才收到您的付款，我们会退还给您。",
                "撤銷後才收到您的付款，我們會退還給您。",
                "취소한 뒤에 결제되었습니다. 돌려 드려야 할 금액입니다.",
            ],
            CustomerWord::RefundNotSent => [
                "Not done yet. Please wait.",
                "尚未完成，请稍候。",
                "尚未完成，請稍候。",
                "아직 완료되지 않았습니다. 기다려 주세요.",
            ],
            CustomerWord::WalletIsWorking => [
                "Your wallet is working on it. Not done yet.",
                "钱包正在处理，尚未完成。",
                "錢包正在處理，尚未完成。",
                "지갑이 처리하고 있습니다. 아직 완료되지 않았습니다.",
            ],
            CustomerWord::ToTheWalletThatPaid => [
                "To the wallet that paid.",
                "退回原付款钱包。",
                "退回原付款錢包。",
                "결제한 지갑으로 돌아갑니다.",
            ],
            CustomerWord::AskTheCashier => [
                "Money was not returned. Please ask the cashier.",
                "款项未退回，请询问收银员。",
                "款項未退回，請詢問收銀員。",
                "금액이 반환되지 않았습니다. 직원에게 문의하세요.",
            ],
        })
    }
}
