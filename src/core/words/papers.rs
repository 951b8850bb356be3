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
    /// Under a head that does not say so itself.
    NotAReceipt,
    TestHead,
    /// What a customer must know while the sale is in doubt.
    MoneyReturns,
    /// What a customer must know after a reversal.
    NothingPaid,
    ToTheWalletThatPaid,
    XReport,
    ZReport,
    Shift,
    Opened,
    Closed,
    /// Until when an X report counts.
    SoFar,
    SalesOfThisShift,
    /// What became of sales that an earlier shift began.
    FromEarlier,
    /// What became of sales that were begun while no shift was open.
    OutsideShifts,
    Sales,
    Refunds,
    /// Money that came after we had given an attempt up.
    LateMoney,
    /// Attempts that left doubt without a payment.
    EndedUnpaid,
    Net,
    ByState,
    AllSales,
    InDoubt,
    /// Never sent, nothing charged.
    Abandoned,
    Copies,
    /// The head of the list of what is open.
    HandOverHead,
    DoNotChargeAgain,
    Since,
    BegunInShift,
    HandedOverBy,
    TakenOverBy,
    /// The last entry of the journal before a close, and under it the value that links it to all before it.
    JournalEntry,
    /// Over the QR symbol that leads to the receipt.
    ElectronicReceipt,
}

impl PaperWord {
    /// The text in a language.
    #[must_use]
    #[expect(clippy::too_many_lines, reason = "one table of texts")]
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
            PaperWord::XReport => ["X REPORT", "班中报表", "班中報表", "중간 보고"],
            PaperWord::ZReport => ["Z REPORT", "交班报表", "交班報表", "마감 보고"],
            PaperWord::Shift => ["Shift", "班次", "班次", "근무"],
            PaperWord::Opened => ["Opened", "开班时间", "開班時間", "시작"],
            PaperWord::Closed => ["Closed", "交班时间", "交班時間", "마감"],
            PaperWord::SoFar => ["Until", "统计至", "統計至", "집계 시각"],
            PaperWord::SalesOfThisShift => ["SALES OF THIS SHIFT", "本班交易", "本班交易", "이번 근무 거래"],
            PaperWord::FromEarlier => {
                ["RESOLVED FROM EARLIER", "前班遗留已结", "前班遺留已結", "이전 근무에서 처리됨"]
            }
            PaperWord::OutsideShifts => ["OUTSIDE SHIFTS", "班外交易", "班外交易", "근무 외 거래"],
            PaperWord::Sales => ["Sales", "收款", "收款", "매출"],
            PaperWord::Refunds => ["Refunds", "退款", "退款", "환불"],
            PaperWord::LateMoney => ["Came after cancelling", "撤销后到账", "撤銷後到帳", "취소 후 입금"],
            PaperWord::EndedUnpaid => ["Ended without payment", "未成交", "未成交", "미결제 종료"],
            PaperWord::Net => ["NET", "净额", "淨額", "순액"],
            PaperWord::ByState => {
                ["SALES OF THIS SHIFT BY STATE", "本班交易按状态", "本班交易按狀態", "이번 근무 거래 상태별"]
            }
            PaperWord::AllSales => ["All sales", "全部交易", "全部交易", "전체 거래"],
            PaperWord::InDoubt => ["In doubt", "待核对", "待核對", "확인 중"],
            PaperWord::Abandoned => ["Abandoned, not charged", "放弃，未扣款", "放棄，未扣款", "포기, 청구 안 됨"],
            PaperWord::Copies => ["Copies printed", "重打印张数", "重印張數", "재발행 매수"],
            PaperWord::HandOverHead => ["HAND-OVER LIST", "交接清单", "交接清單", "인계 목록"],
            PaperWord::DoNotChargeAgain => [
                "These sales are open. The next shift takes them over; the terminal keeps asking. Do not charge again.",
                "以下交易未完成，由下一班接管，终端会继续核对。请勿重复收款。",
                "以下交易未完成，由下一班接管，終端會繼續核對。請勿重複收款。",
                "아래 거래는 미완료이며 다음 근무가 인수합니다. 단말기가 계속 확인합니다. 다시 청구하지 마세요.",
            ],
            PaperWord::Since => ["Since", "起始时间", "起始時間", "시작 시각"],
            PaperWord::BegunInShift => ["Begun in shift", "所属班次", "所屬班次", "시작한 근무"],
            PaperWord::HandedOverBy => ["Handed over by", "交班人签字", "交班人簽字", "인계자 서명"],
            PaperWord::TakenOverBy => ["Taken over by", "接班人签字", "接班人簽字", "인수자 서명"],
            PaperWord::JournalEntry => ["Journal entry", "日志记录号", "日誌記錄號", "저널 기록 번호"],
            PaperWord::ElectronicReceipt => ["Your receipt", "电子收据", "電子收據", "전자 영수증"],
        })
    }
}
