//! What the screen says of the printer.

use super::Language;
use crate::id::SaleId;
use crate::print::Hindrance;

/// One thing to say of the printer and its papers. Money first: a sale never waits for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PrinterLine {
    /// It is not known whether a paper came out; of a test page without a sale.
    DidItPrint(Option<SaleId>),
    /// It waits for a person and goes on by itself.
    WaitsFor(Hindrance),
    /// It cannot be reached.
    Away,
    /// All bytes of the paper of the sale at hand were taken, and this printer cannot say more.
    SentNotProven,
}

impl PrinterLine {
    pub(crate) fn text(self, language: Language) -> String {
        let template = language.pick(match self {
            PrinterLine::DidItPrint(_) => [
                "Did the paper of {s} come out? Look at the printer.",
                "{s} 的小票打印出来了吗？请查看打印机。",
                "{s} 的收據印出來了嗎？請查看印表機。",
                "{s} 영수증이 나왔습니까? 프린터를 확인하세요.",
            ],
            PrinterLine::WaitsFor(Hindrance::PaperOut) => [
                "Printer: no paper. Put in a roll; it goes on by itself.",
                "打印机缺纸。请装纸，随后自动继续。",
                "印表機缺紙。請裝紙，隨後自動繼續。",
                "프린터 용지가 없습니다. 용지를 넣으면 이어서 인쇄합니다.",
            ],
            PrinterLine::WaitsFor(Hindrance::CoverOpen) => [
                "Printer: the cover is open. Close it; it goes on by itself.",
                "打印机盖子未关。请关好，随后自动继续。",
                "印表機蓋子未關。請關好，隨後自動繼續。",
                "프린터 덮개가 열려 있습니다. 닫으면 이어서 인쇄합니다.",
            ],
            PrinterLine::WaitsFor(Hindrance::NeedsAttention) => [
                "Printer: an error. Look at its lights; sales go on.",
                "打印机报错，请查看指示灯；可继续收款。",
                "印表機報錯，請查看指示燈；可繼續收款。",
                "프린터 오류입니다. 표시등을 확인하세요. 판매는 계속됩니다.",
            ],
            PrinterLine::Away => [
                "Printer not reached. Papers wait; sales go on.",
                "连不上打印机。小票等待打印，可继续收款。",
                "連不上印表機。收據等待列印，可繼續收款。",
                "프린터에 연결할 수 없습니다. 영수증은 기다리고 판매는 계속됩니다.",
            ],
            PrinterLine::SentNotProven => [
                "Receipt sent, not proven: this printer cannot answer.",
                "小票已发送，未经证实：此打印机不会回答。",
                "收據已傳送，未經證實：此印表機不會回答。",
                "영수증을 보냈으나 확인되지 않았습니다. 이 프린터는 응답하지 않습니다.",
            ],
        });
        match self {
            PrinterLine::DidItPrint(sale) => {
                let name = sale.map_or_else(|| language.pick(TEST_PAGE).to_owned(), |sale| sale.to_string());
                template.replace("{s}", &name)
            }
            PrinterLine::WaitsFor(_) | PrinterLine::Away | PrinterLine::SentNotProven => template.to_owned(),
        }
    }
}

const TEST_PAGE: [&str; 4] = ["the test page", "测试页", "測試頁", "시험 인쇄"];
