//! Why the wallet refused, in one clause.

use super::Language;
use crate::decline::DeclineReason;

impl DeclineReason {
    /// The clause for the panel's second line.
    #[must_use]
    pub fn clause(self, language: Language) -> &'static str {
        language.pick(match self {
            DeclineReason::CodeExpired => {
                ["The code has expired.", "付款码已过期。", "付款碼已過期。", "결제 코드가 만료되었습니다."]
            }
            DeclineReason::CodeUsed => [
                "The code was already used.",
                "付款码已被使用。",
                "付款碼已被使用。",
                "이미 사용된 결제 코드입니다.",
            ],
            DeclineReason::CodeInvalid => [
                "The wallet does not know this code.",
                "钱包无法识别此付款码。",
                "錢包無法識別此付款碼。",
                "지갑이 인식하지 못하는 코드입니다.",
            ],
            DeclineReason::StartAgain => [
                "The wallet closed this payment.",
                "钱包已关闭这笔付款。",
                "錢包已關閉這筆付款。",
                "지갑이 이 결제를 종료했습니다.",
            ],
            DeclineReason::Insufficient => {
                ["Not enough money in the wallet.", "余额不足。", "餘額不足。", "잔액이 부족합니다."]
            }
            DeclineReason::CardNotAccepted => [
                "The card behind the wallet cannot be used.",
                "绑定的银行卡不可用。",
                "綁定的銀行卡不可用。",
                "연결된 카드를 사용할 수 없습니다.",
            ],
            DeclineReason::LimitReached => [
                "The wallet's limit is reached.",
                "已达钱包限额。",
                "已達錢包限額。",
                "지갑 한도를 초과했습니다.",
            ],
            DeclineReason::PayerCancelled => [
                "The customer cancelled on the phone.",
                "顾客在手机上取消了。",
                "顧客在手機上取消了。",
                "고객이 휴대폰에서 취소했습니다.",
            ],
            DeclineReason::Refused | DeclineReason::Doubtful => {
                ["The wallet refused.", "钱包拒绝了付款。", "錢包拒絕了付款。", "지갑이 결제를 거절했습니다."]
            }
            DeclineReason::SetUp => [
                "The payment service refused the till.",
                "支付服务拒绝了本终端。",
                "支付服務拒絕了本終端。",
                "결제 서비스가 단말기를 거절했습니다.",
            ],
        })
    }

    /// What to do now, for the panel's third line.
    #[must_use]
    pub fn advice(self, language: Language) -> &'static str {
        language.pick(match self {
            DeclineReason::CodeExpired | DeclineReason::CodeUsed | DeclineReason::CodeInvalid => [
                "Ask for a fresh code and scan it.",
                "请顾客刷新付款码后再扫。",
                "請顧客更新付款碼後再掃。",
                "새 코드를 요청해 스캔하세요.",
            ],
            DeclineReason::StartAgain | DeclineReason::PayerCancelled => [
                "Scan a fresh code, or start again.",
                "请扫新的付款码，或重新开始。",
                "請掃新的付款碼，或重新開始。",
                "새 코드를 스캔하거나 다시 시작하세요.",
            ],
            DeclineReason::Insufficient
            | DeclineReason::CardNotAccepted
            | DeclineReason::LimitReached
            | DeclineReason::Refused
            | DeclineReason::Doubtful => [
                "Ask for a fresh code or another way to pay.",
                "请换付款码或其他付款方式。",
                "請換付款碼或其他付款方式。",
                "새 코드나 다른 결제 수단을 요청하세요.",
            ],
            DeclineReason::SetUp => [
                "Take another way to pay and call support.",
                "请用其他付款方式，并联系支持。",
                "請用其他付款方式，並聯絡支援。",
                "다른 결제 수단을 받고 지원팀에 연락하세요.",
            ],
        })
    }
}
