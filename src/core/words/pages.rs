//! The words of the screens beside SALE that depend on what they show.

use super::Language;
use crate::page::{PageAct, RefundReason, RefundStep};

/// A fixed text of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "each variant is the text it names")]
pub enum PageWord {
    NoSaleYet,
    NoneFound,
    NothingOpen,
    /// The lists of the past are being made anew.
    PastUnlisted,
    HowToFind,
    /// How far back amounts are searched.
    Searched,
    ScanNow,
    AtStake,
    Sale,
    Order,
    Amount,
    Wallet,
    RungUpAt,
    Intent,
    /// Confirmed by the gateway alone.
    Refunded,
    /// A part that is saved or sent.
    RefundUnderWay,
    Left,
    Copies,
    Reason,
    Refund,
    /// Money that nobody asked for.
    Astray,
    /// What a person says of money that the gateway cannot tell about.
    YourWord,
    WholeOnly,
    /// About a refund that the gateway cannot tell us about.
    DidItComeBack,
    /// About money that nobody asked for.
    PutItRight,
}

impl PageWord {
    /// In this language.
    #[must_use]
    pub fn text(self, language: Language) -> &'static str {
        language.pick(match self {
            PageWord::NoSaleYet => ["No sale yet.", "还没有交易。", "還沒有交易。", "아직 거래가 없습니다."],
            PageWord::NoneFound => ["No such sale.", "没有找到。", "沒有找到。", "찾는 거래가 없습니다."],
            PageWord::NothingOpen => [
                "Nothing is open.",
                "没有未完成的交易。",
                "沒有未完成的交易。",
                "미완료 거래가 없습니다.",
            ],
            PageWord::PastUnlisted => [
                "Older sales are being listed anew: look again in a few minutes.",
                "正在重建较早交易的列表，请几分钟后再查看。",
                "正在重建較早交易的列表，請幾分鐘後再查看。",
                "이전 거래 목록을 다시 만드는 중입니다. 몇 분 뒤에 다시 확인하세요.",
            ],
            PageWord::HowToFind => [
                "Scan a receipt, or type its number or the amount.",
                "扫描小票，或输入单号、金额。",
                "掃描收據，或輸入單號、金額。",
                "영수증을 스캔하거나 번호 또는 금액을 입력하세요.",
            ],
            PageWord::Searched => [
                "Of the newest 500 sales; older ones by their number.",
                "查找范围为最近 500 笔，更早的请输单号。",
                "查找範圍為最近 500 筆，更早的請輸單號。",
                "최근 500건에서 찾습니다. 그 전은 번호로 찾으세요.",
            ],
            PageWord::ScanNow => {
                ["Scan the receipt now.", "请扫描小票。", "請掃描收據。", "영수증을 스캔하세요."]
            }
            PageWord::AtStake => ["at stake", "未定金额", "未定金額", "미확정 금액"],
            PageWord::Sale => ["Sale", "交易", "交易", "거래"],
            PageWord::Order => ["Order", "单号", "單號", "주문"],
            PageWord::Amount => ["Amount", "金额", "金額", "금액"],
            PageWord::Wallet => ["Wallet", "钱包", "錢包", "지갑"],
            PageWord::RungUpAt => ["Time", "时间", "時間", "시간"],
            PageWord::Intent => ["Gateway's number", "网关编号", "閘道編號", "게이트웨이 번호"],
            PageWord::Refunded => ["Refunded", "已退款", "已退款", "환불 완료"],
            PageWord::RefundUnderWay => {
                ["Refund not done yet", "退款未完成", "退款未完成", "환불 미완료"]
            }
            PageWord::Left => ["Left to refund", "可退金额", "可退金額", "환불 가능 금액"],
            PageWord::Copies => ["Copies", "补打次数", "補印次數", "사본"],
            PageWord::Reason => ["Reason", "原因", "原因", "사유"],
            PageWord::Refund => ["Refund", "退款", "退款", "환불"],
            PageWord::Astray => ["Not asked for", "来历不明", "來歷不明", "요청 없는 입금"],
            PageWord::YourWord => ["You say", "您确认", "您確認", "확인 내용"],
            PageWord::WholeOnly => [
                "This wallet gives back the whole only.",
                "该钱包只能全额退款。",
                "該錢包只能全額退款。",
                "이 지갑은 전액만 환불합니다.",
            ],
            PageWord::PutItRight => [
                "Money came that nobody asked for. Put it right in the gateway's own list, then say so here.",
                "收到来历不明的款项。请在网关后台处理，然后在此确认。",
                "收到來歷不明的款項。請在閘道後台處理，然後在此確認。",
                "요청하지 않은 입금이 있습니다. 게이트웨이에서 처리한 뒤 여기서 확인하세요.",
            ],
            PageWord::DidItComeBack => [
                "The gateway cannot tell about refund {refund} of {amount}. Look in its own list: did the money go back?",
                "网关无法告知退款 {refund}（{amount}）的结果，请查看网关后台：钱退了吗？",
                "閘道無法告知退款 {refund}（{amount}）的結果，請查看閘道後台：錢退了嗎？",
                "게이트웨이가 환불 {refund} ({amount})의 결과를 알려 주지 않습니다. 게이트웨이 목록을 확인하세요. 환불되었습니까?",
            ],
        })
    }
}

impl RefundStep {
    /// What is asked at this step.
    #[must_use]
    pub fn question(self, language: Language) -> &'static str {
        language.pick(match self {
            RefundStep::Amount => ["How much goes back?", "退多少？", "退多少？", "얼마를 환불합니까?"],
            RefundStep::Reason => ["Why?", "为什么退款？", "為什麼退款？", "환불 사유는?"],
            RefundStep::Words => ["Type the reason.", "请输入原因。", "請輸入原因。", "사유를 입력하세요."],
            RefundStep::Pin => [
                "A manager's PIN, please.",
                "请店长输入 PIN 码。",
                "請店長輸入 PIN 碼。",
                "관리자 PIN을 입력하세요.",
            ],
            RefundStep::Confirm => {
                ["Give this money back?", "确认退还这笔钱？", "確認退還這筆錢？", "이 금액을 환불합니까?"]
            }
        })
    }
}

impl RefundReason {
    /// The reason, on its key, in the journal and on the slip.
    #[must_use]
    pub fn text(self, language: Language) -> &'static str {
        language.pick(match self {
            RefundReason::Returned => ["Goods returned", "退货", "退貨", "반품"],
            RefundReason::WrongAmount => ["Wrong amount", "金额有误", "金額有誤", "금액 오류"],
            RefundReason::PaidTwice => ["Paid twice", "重复付款", "重複付款", "이중 결제"],
            RefundReason::NotDelivered => {
                ["Not available or damaged", "缺货或损坏", "缺貨或損壞", "품절 또는 파손"]
            }
            RefundReason::ChangedMind => {
                ["Customer changed his mind", "顾客改变主意", "顧客改變主意", "고객 변심"]
            }
        })
    }
}

impl PageAct {
    /// What stands on its key.
    #[must_use]
    pub fn label(self, language: Language) -> &'static str {
        language.pick(match self {
            PageAct::Reprint => ["Print copy", "补打小票", "補印收據", "사본 출력"],
            PageAct::Slip => ["Print slip", "打印凭条", "列印憑條", "전표 출력"],
            PageAct::CheckAgain => ["Check again", "再次查询", "再次查詢", "다시 확인"],
            PageAct::Resume => ["Resume", "取回这笔", "取回這筆", "다시 불러오기"],
            PageAct::Refund => ["Refund", "退款", "退款", "환불"],
            PageAct::CameBack(_) => ["It went back", "已退回", "已退回", "환불됨"],
            PageAct::DidNotComeBack(_) => ["It did not go back", "没有退回", "沒有退回", "환불 안 됨"],
            PageAct::PutRight => ["It is put right", "已处理", "已處理", "처리함"],
            PageAct::All => ["All that is left", "全部退款", "全部退款", "전액"],
            PageAct::Typed => ["This amount", "按此金额", "按此金額", "이 금액"],
            PageAct::Because(reason) => return reason.text(language),
            PageAct::OwnWords => ["Another reason", "其他原因", "其他原因", "다른 사유"],
            PageAct::WordsDone => ["Next", "下一步", "下一步", "다음"],
            PageAct::PinDone => ["Refund now", "立即退款", "立即退款", "지금 환불"],
            PageAct::RefundNow => ["Refund now", "立即退款", "立即退款", "지금 환불"],
        })
    }
}
