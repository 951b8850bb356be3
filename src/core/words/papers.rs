//! The words on paper.

use super::Language;

/// A fixed text of a receipt or slip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "each variant is the label it names")]
pub enum PaperWord {
    Sale,
    Total,
    Paid,
    Yes,
    Wallet,
    Time,
    Terminal,
    SaleNumber,
    Order,
    Intent,
    WalletReference,
    /// Before the copy's number; both languages on every paper, so that nobody can miss it.
    Copy,
    /// The head of a slip for a sale in doubt.
    PendingHead,
    /// The head of a slip for a sale that was not paid.
    NotPaidHead,
    /// The head of a slip for money that goes back.
    RefundDueHead,
}

impl PaperWord {
    /// The text in a language.
    #[must_use]
    pub fn text(self, language: Language) -> &'static str {
        language.pick(match self {
            PaperWord::Sale => ["SALE", "消费", "消費", "매출"],
            PaperWord::Total => ["TOTAL", "金额", "金額", "합계"],
            PaperWord::Paid => ["Paid", "已支付", "已支付", "결제"],
            PaperWord::Yes => ["YES", "是", "是", "완료"],
            PaperWord::Wallet => ["Wallet", "钱包", "錢包", "지갑"],
            PaperWord::Time => ["Time", "时间", "時間", "시각"],
            PaperWord::Terminal => ["Terminal", "终端", "終端", "단말기"],
            PaperWord::SaleNumber => ["Sale", "交易号", "交易號", "거래 번호"],
            PaperWord::Order => ["Order", "商户订单号", "商戶訂單號", "주문 번호"],
            PaperWord::Intent => ["Gateway id", "网关单号", "閘道單號", "게이트웨이 번호"],
            PaperWord::WalletReference => ["Wallet id", "钱包单号", "錢包單號", "지갑 번호"],
            PaperWord::Copy => ["COPY", "重打印凭证 COPY", "重印憑證 COPY", "사본 COPY"],
            PaperWord::PendingHead => {
                ["PENDING - NOT A RECEIPT", "待确认,非付款凭证", "待確認,非付款憑證", "확인 중 - 영수증 아님"]
            }
            PaperWord::NotPaidHead => ["NOT PAID", "未收款", "未收款", "미결제"],
            PaperWord::RefundDueHead => [
                "NOT A RECEIPT - REFUND DUE",
                "待退款,非付款凭证",
                "待退款,非付款憑證",
                "환불 예정 - 영수증 아님",
            ],
        })
    }
}
