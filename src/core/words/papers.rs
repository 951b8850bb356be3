//! The words on paper.

use super::Language;

/// A fixed text of a receipt or slip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "each variant is the label it names")]
pub enum PaperWord {
    Sale,
    Refund,
    Reversal,
    Total,
    Amount,
    Paid,
    Yes,
    Refunded,
    /// A part that was asked for and is not confirmed: never called refunded.
    RefundUnderWay,
    RefundDue,
    /// What of the payment is still with the shop.
    Remaining,
    Reason,
    Wallet,
    Time,
    Printed,
    Terminal,
    SaleNumber,
    /// Who rang the sale up, or asked for the refund.
    Cashier,
    /// The manager who allowed a refund.
    ApprovedBy,
    /// Under a copy's mark: who made it.
    CopiedBy,
    Order,
    RefundNumber,
    Intent,
    WalletReference,
    /// Under the word COPY; that word is the same in all languages, so that nobody can miss it.
    Duplicate,
    /// The head of a slip for a sale in doubt.
    PendingHead,
    /// The head of a slip for a sale that was not paid.
    NotPaidHead,
    /// The head of a slip for a sale that was undone.
    ReversedHead,
    /// The head of a slip for money that came too late and goes back.
    RefundDueHead,
    /// Under a head that does not say so itself.
    NotAReceipt,
    TestHead,
    /// What a customer must know while the sale is in doubt.
    MoneyReturns,
    /// What a customer must know after a reversal.
    NothingPaid,
    ToTheWalletThatPaid,
    /// Over the QR symbol that leads to the receipt.
    ElectronicReceipt,
}

impl PaperWord {
    /// The text in a language.
    #[must_use]
    pub fn text(self, language: Language) -> &'static str {
        language.pick(match self {
            PaperWord::Sale => ["SALE", "消费", "消費", "매출"],
            PaperWord::Refund => ["REFUND", "退款", "退款", "환불"],
            PaperWord::Reversal => ["REVERSAL", "撤销", "撤銷", "취소"],
            PaperWord::Total => ["TOTAL", "合计", "合計", "합계"],
            PaperWord::Amount => ["Amount", "金额", "金額", "금액"],
            PaperWord::Paid => ["Paid", "已支付", "已支付", "결제"],
            PaperWord::Yes => ["YES", "是", "是", "완료"],
            PaperWord::Refunded => ["Refunded", "已退款", "已退款", "환불됨"],
            PaperWord::RefundUnderWay => {
                ["Refund requested, not confirmed", "退款处理中，未确认", "退款處理中，未確認", "환불 요청됨, 미확인"]
            }
            PaperWord::RefundDue => ["Refund due", "待退款", "待退款", "환불 예정"],
            PaperWord::Remaining => ["Remaining", "剩余金额", "剩餘金額", "남은 금액"],
            PaperWord::Reason => ["Reason", "原因", "原因", "사유"],
            PaperWord::Wallet => ["Wallet", "钱包", "錢包", "지갑"],
            PaperWord::Time => ["Time", "时间", "時間", "시각"],
            PaperWord::Printed => ["Printed", "打印时间", "列印時間", "출력 시각"],
            PaperWord::Terminal => ["Terminal", "终端", "終端", "단말기"],
            PaperWord::SaleNumber => ["Sale", "交易号", "交易號", "거래 번호"],
            PaperWord::Cashier => ["Cashier", "收银员", "收銀員", "계산원"],
            PaperWord::ApprovedBy => ["Approved by", "批准人", "核准人", "승인자"],
            PaperWord::CopiedBy => ["Copied by", "重打印人", "重印人", "재발행자"],
            PaperWord::Order => ["Order", "商户订单号", "商戶訂單號", "주문 번호"],
            PaperWord::RefundNumber => ["Refund number", "退款单号", "退款單號", "환불 번호"],
            PaperWord::Intent => ["Gateway id", "网关单号", "閘道單號", "게이트웨이 번호"],
            PaperWord::WalletReference => ["Wallet id", "钱包单号", "錢包單號", "지갑 번호"],
            PaperWord::Duplicate => ["DUPLICATED", "重打印凭证", "重印憑證", "재발행"],
            PaperWord::PendingHead => {
                ["PENDING - NOT A RECEIPT", "待确认，非付款凭证", "待確認，非付款憑證", "확인 중 - 영수증 아님"]
            }
            PaperWord::NotPaidHead => ["NOT PAID", "未收款", "未收款", "결제 안 됨"],
            PaperWord::ReversedHead => {
                ["CANCELLED - NOT PAID", "已撤销，未收款", "已撤銷，未收款", "취소됨 - 결제 안 됨"]
            }
            PaperWord::RefundDueHead => ["REFUND DUE", "待退款", "待退款", "환불 예정"],
            PaperWord::NotAReceipt => ["NOT A RECEIPT", "非付款凭证", "非付款憑證", "영수증 아님"],
            PaperWord::TestHead => {
                ["TEST - NOT A RECEIPT", "测试页，非凭证", "測試頁，非憑證", "시험 인쇄 - 영수증 아님"]
            }
            PaperWord::MoneyReturns => [
                "If money left your wallet and this sale is cancelled, it returns automatically. This is the reference:",
                "如钱包已扣款而本次交易撤销，款项将自动退回。查询请凭此单号：",
                "如錢包已扣款而本次交易撤銷，款項將自動退回。查詢請憑此單號：",
                "지갑에서 금액이 빠져나갔고 이 거래가 취소되면 자동으로 환불됩니다. 조회 번호:",
            ],
            PaperWord::NothingPaid => [
                "Nothing was paid. Money that was taken goes back to the wallet automatically.",
                "未收款。如已扣款，款项将自动退回钱包。",
                "未收款。如已扣款，款項將自動退回錢包。",
                "결제되지 않았습니다. 빠져나간 금액은 지갑으로 자동 환불됩니다.",
            ],
            PaperWord::ToTheWalletThatPaid => [
                "The money goes back to the wallet that paid.",
                "款项退回原付款钱包。",
                "款項退回原付款錢包。",
                "결제한 지갑으로 환불됩니다.",
            ],
            PaperWord::ElectronicReceipt => ["Your receipt", "电子收据", "電子收據", "전자 영수증"],
        })
    }
}
