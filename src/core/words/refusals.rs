//! Why an input is not allowed now: what is so, and what to do.

use super::Language;
use crate::money::AmountError;
use crate::payment_code::NotAPaymentCode;
use crate::refusal::Refusal;

impl Refusal {
    /// The words for the screen. `wallets` are the names of the wallets this till takes.
    #[must_use]
    pub fn message(&self, language: Language, wallets: &str) -> String {
        if let Refusal::NotACode(NotAPaymentCode::WalletNotEnabled) = self {
            return match language {
                Language::En => format!("This till takes {wallets} codes."),
                Language::ZhCn => format!("本终端只收{wallets}付款码。"),
                Language::ZhTw => format!("本終端只收{wallets}付款碼。"),
                Language::Ko => format!("이 단말기는 {wallets} 코드만 받습니다."),
            };
        }
        let text = language.pick(self.texts());
        let (place, value) = if let Refusal::RefundTooLarge { left } = self {
            ("{left}", left.to_string())
        } else if let Refusal::SomebodySignedIn { person } = self {
            ("{person}", person.to_string())
        } else if let Refusal::PinWait { seconds } = self {
            ("{seconds}", seconds.to_string())
        } else if let Refusal::ShiftOpen { open } = self {
            ("{n}", open.to_string())
        } else if let Refusal::TooMuchOpen { most } = self {
            ("{n}", most.to_string())
        } else {
            return text.to_owned();
        };
        text.replace(place, &value)
    }

    #[expect(clippy::too_many_lines, reason = "one table of texts")]
    fn texts(&self) -> [&'static str; 4] {
        match self {
            Refusal::NotACode(NotAPaymentCode::ProductBarcode) => [
                "That is a product barcode, not a payment code.",
                "这是商品条码，不是付款码。",
                "這是商品條碼，不是付款碼。",
                "상품 바코드입니다. 결제 코드가 아닙니다.",
            ],
            Refusal::NotACode(NotAPaymentCode::CartonLabel) => [
                "That is a carton label, not a payment code.",
                "这是箱标，不是付款码。",
                "這是箱標，不是付款碼。",
                "상자 라벨입니다. 결제 코드가 아닙니다.",
            ],
            Refusal::NotACode(NotAPaymentCode::ReceiptNumber) => {
                ["That is a receipt number.", "这是收据号码。", "這是收據號碼。", "영수증 번호입니다."]
            }
            Refusal::NotACode(NotAPaymentCode::WrongLayout) => [
                "Set the scanner to US keyboard layout.",
                "请把扫码枪设为美式键盘布局。",
                "請把掃碼槍設為美式鍵盤配置。",
                "스캐너를 미국 키보드 배열로 설정하세요.",
            ],
            Refusal::NotACode(NotAPaymentCode::Unknown | NotAPaymentCode::WalletNotEnabled) => {
                ["Not a payment code.", "不是付款码。", "不是付款碼。", "결제 코드가 아닙니다."]
            }
            Refusal::Amount(AmountError::Zero) => [
                "Enter an amount above zero.",
                "请输入大于零的金额。",
                "請輸入大於零的金額。",
                "0보다 큰 금액을 입력하세요.",
            ],
            Refusal::Amount(AmountError::NotANumber) => [
                "An amount is digits with one point, such as 88.00.",
                "金额只能是数字和一个小数点，例如 88.00。",
                "金額只能是數字和一個小數點，例如 88.00。",
                "금액은 숫자와 소수점 하나로 입력하세요. 예: 88.00",
            ],
            Refusal::Amount(AmountError::TooManyDecimals { .. }) => [
                "That is more decimals than the currency has.",
                "小数位数超过该货币的位数。",
                "小數位數超過該貨幣的位數。",
                "통화의 소수 자릿수를 초과했습니다.",
            ],
            Refusal::Amount(AmountError::TooLarge) => [
                "That amount is above the limit.",
                "金额超过上限。",
                "金額超過上限。",
                "금액이 한도를 초과했습니다.",
            ],
            Refusal::AmountFirst => {
                ["Enter the amount first.", "请先输入金额。", "請先輸入金額。", "먼저 금액을 입력하세요."]
            }
            Refusal::AttemptInDoubt => [
                "Still checking the last payment. Do not scan again.",
                "上一笔仍在核对，请勿再扫。",
                "上一筆仍在核對，請勿再掃。",
                "이전 결제를 확인 중입니다. 다시 스캔하지 마세요.",
            ],
            Refusal::AttemptHeld => [
                "A code is already waiting for the network.",
                "已有付款码在等待网络。",
                "已有付款碼在等待網路。",
                "이미 코드가 네트워크를 기다리고 있습니다.",
            ],
            Refusal::CodeAlreadyUsed => [
                "Already used. Ask for a fresh code.",
                "此码已用过，请顾客刷新付款码。",
                "此碼已用過，請顧客更新付款碼。",
                "이미 사용된 코드입니다. 새 코드를 요청하세요.",
            ],
            Refusal::ConfirmFirst => [
                "Answer the question first.",
                "请先回答屏幕上的问题。",
                "請先回答畫面上的問題。",
                "먼저 화면의 질문에 답하세요.",
            ],
            Refusal::NothingToCancel => [
                "There is nothing to cancel.",
                "没有可撤销的付款。",
                "沒有可撤銷的付款。",
                "취소할 결제가 없습니다.",
            ],
            Refusal::NothingToPutAside => [
                "There is nothing to put aside.",
                "没有可挂起的交易。",
                "沒有可掛起的交易。",
                "보류할 거래가 없습니다.",
            ],
            Refusal::NothingToConfirm => [
                "Nothing is asked.",
                "没有需要确认的问题。",
                "沒有需要確認的問題。",
                "확인할 질문이 없습니다.",
            ],
            Refusal::NothingToCheck => [
                "There is nothing to check.",
                "没有需要核对的付款。",
                "沒有需要核對的付款。",
                "확인할 결제가 없습니다.",
            ],
            Refusal::NoSuchSale => [
                "No sale has that number.",
                "没有这个交易号。",
                "沒有這個交易號。",
                "해당 번호의 거래가 없습니다.",
            ],
            Refusal::NotPaid => [
                "Only a paid sale has a receipt.",
                "只有已付款的交易才有收据。",
                "只有已付款的交易才有收據。",
                "결제된 거래만 영수증이 있습니다.",
            ],
            Refusal::NothingToRefund => [
                "Nothing is left to refund.",
                "没有可退的款项。",
                "沒有可退的款項。",
                "환불할 금액이 없습니다.",
            ],
            Refusal::RefundTooLarge { .. } => [
                "Only {left} is left to refund.",
                "最多可退 {left}。",
                "最多可退 {left}。",
                "환불 가능 금액은 {left}입니다.",
            ],
            Refusal::RefundInPartsNotAllowed => [
                "This wallet does not refund in such parts.",
                "该钱包不支持这样的部分退款。",
                "該錢包不支援這樣的部分退款。",
                "이 지갑은 이런 부분 환불을 지원하지 않습니다.",
            ],
            Refusal::NoPrinter => [
                "No printer is configured.",
                "未配置打印机。",
                "未設定印表機。",
                "프린터가 설정되지 않았습니다.",
            ],
            Refusal::NoSlip => [
                "There is no slip for this sale.",
                "该交易没有可打印的凭条。",
                "該交易沒有可列印的憑條。",
                "이 거래에는 출력할 전표가 없습니다.",
            ],
            Refusal::NotAReceipt => [
                "That is not a receipt of this till.",
                "这不是本终端的收据。",
                "這不是本終端的收據。",
                "이 단말기의 영수증이 아닙니다.",
            ],
            Refusal::NothingToSettle => [
                "Nothing of that number is in question.",
                "该编号没有需要确认的事项。",
                "該編號沒有需要確認的事項。",
                "그 번호로 확인할 것이 없습니다.",
            ],
            Refusal::RefundUnderWay => [
                "The till is asking about this refund now. Look again in a minute.",
                "正在向网关查询这笔退款，请一分钟后再看。",
                "正在向閘道查詢這筆退款，請一分鐘後再看。",
                "이 환불을 확인하는 중입니다. 1분 뒤에 다시 보세요.",
            ],
            Refusal::TooManyAttempts => [
                "Too many tries. Ring the sale up anew.",
                "尝试次数过多，请重新开单。",
                "嘗試次數過多，請重新開單。",
                "시도 횟수가 너무 많습니다. 새로 등록하세요.",
            ],
            Refusal::IdsExhausted => [
                "The order numbers are used up. Call support.",
                "订单号已用尽，请联系支持。",
                "訂單號已用盡，請聯絡支援。",
                "주문 번호가 소진되었습니다. 지원팀에 연락하세요.",
            ],
            Refusal::Locked => [
                "Locked. Sign in first; what was scanned is forgotten.",
                "已锁定，请先登录；扫到的码已丢弃。",
                "已鎖定，請先登入；掃到的碼已捨棄。",
                "잠겨 있습니다. 먼저 로그인하세요. 스캔한 코드는 버려졌습니다.",
            ],
            Refusal::NoPeople => [
                "Nobody needs to sign in at this till.",
                "本终端无需登录。",
                "本終端無需登入。",
                "이 단말기는 로그인이 필요 없습니다.",
            ],
            Refusal::NoSuchPerson => [
                "Nobody of that name works here.",
                "没有这个人。",
                "沒有這個人。",
                "해당 이름의 직원이 없습니다.",
            ],
            Refusal::SomebodySignedIn { .. } => [
                "{person} is signed in. Sign out first.",
                "{person} 已登录，请先退出。",
                "{person} 已登入，請先登出。",
                "{person} 님이 로그인 중입니다. 먼저 로그아웃하세요.",
            ],
            Refusal::NobodySignedIn => {
                ["Nobody is signed in.", "没有人登录。", "沒有人登入。", "로그인한 사람이 없습니다."]
            }
            Refusal::ManagerNeeded => [
                "Nothing was done. A manager's PIN is needed.",
                "尚未办理，需要店长的 PIN 码。",
                "尚未辦理，需要店長的 PIN 碼。",
                "처리되지 않았습니다. 관리자 PIN이 필요합니다.",
            ],
            Refusal::WrongPin => ["Wrong PIN.", "PIN 码错误。", "PIN 碼錯誤。", "PIN이 틀렸습니다."],
            Refusal::PinWait { .. } => [
                "Too many wrong PINs. Wait {seconds} s, then try again.",
                "PIN 码错误次数过多，请等待 {seconds} 秒后再试。",
                "PIN 碼錯誤次數過多，請等待 {seconds} 秒後再試。",
                "PIN 오류가 너무 많습니다. {seconds}초 후에 다시 시도하세요.",
            ],
            Refusal::PinNotUnique => [
                "More than one manager has this PIN. Choose the manager by name.",
                "有多位店长使用此 PIN 码，请按姓名选择店长。",
                "有多位店長使用此 PIN 碼，請按姓名選擇店長。",
                "같은 PIN을 쓰는 관리자가 여럿입니다. 이름으로 선택하세요.",
            ],
            Refusal::PinsBusy => [
                "Other PINs are still being checked. Try again.",
                "正在核对其他 PIN 码，请稍后再试。",
                "正在核對其他 PIN 碼，請稍後再試。",
                "다른 PIN을 확인 중입니다. 다시 시도하세요.",
            ],
            Refusal::NoShift => [
                "No shift is open. Open one first.",
                "尚未开班，请先开班。",
                "尚未開班，請先開班。",
                "열린 근무가 없습니다. 먼저 근무를 여세요.",
            ],
            Refusal::ShiftOpen { .. } => [
                "Shift {n} is open. Close it first.",
                "第 {n} 班尚未交班，请先交班。",
                "第 {n} 班尚未交班，請先交班。",
                "{n}번 근무가 열려 있습니다. 먼저 마감하세요.",
            ],
            Refusal::SaleAtHand => [
                "A sale is at hand. Finish it, put it aside or clear it. Then close the shift.",
                "当前交易未结束，请先完成、搁置或清除，再交班。",
                "目前交易未結束，請先完成、擱置或清除，再交班。",
                "진행 중인 거래가 있습니다. 끝내거나 보류하거나 지운 뒤 마감하세요.",
            ],
            Refusal::HandOverNeedsPrinter => [
                "Sales are in doubt. Their list must be printed, and no printer is configured.",
                "有交易待核对，须打印交接清单，但未配置打印机。",
                "有交易待核對，須列印交接清單，但未設定印表機。",
                "확인 중인 거래가 있어 인계 목록을 출력해야 하지만 프린터가 설정되지 않았습니다.",
            ],
            Refusal::TooMuchOpen { .. } => [
                "More than {n} sales are open. Settle some, then close the shift.",
                "未完成的交易超过 {n} 笔，请先处理一部分再交班。",
                "未完成的交易超過 {n} 筆，請先處理一部分再交班。",
                "미완료 거래가 {n}건을 넘습니다. 일부를 처리한 뒤 마감하세요.",
            ],
            Refusal::NoSuchReport => [
                "No Z report has that number.",
                "没有该编号的交班报表。",
                "沒有該編號的交班報表。",
                "해당 번호의 마감 보고서가 없습니다.",
            ],
            Refusal::SpaceLow => [
                "The disk is nearly full. No new sale until space is freed.",
                "磁盘空间不足，清理后才能开始新的收款。",
                "磁碟空間不足，清理後才能開始新的收款。",
                "디스크 공간이 부족합니다. 공간을 비운 뒤 새 거래를 시작하세요.",
            ],
            Refusal::ListsIncomplete => [
                "Nothing changed: older sales can be looked up again in a few minutes. New sales go on.",
                "未作更改：较早的交易几分钟后可再次查询，新收款照常。",
                "未作更改：較早的交易幾分鐘後可再次查詢，新收款照常。",
                "변경된 것은 없습니다. 이전 거래는 몇 분 뒤 다시 조회할 수 있으며 새 거래는 계속할 수 있습니다.",
            ],
            Refusal::StorageFault => [
                "Storage fault. No sale can be taken. Restart the terminal.",
                "存储故障，无法收款，请重启终端。",
                "儲存故障，無法收款，請重新啟動終端。",
                "저장 장치 오류입니다. 단말기를 다시 시작하세요.",
            ],
        }
    }
}
