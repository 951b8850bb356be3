//! Starts the devices that the configuration names, and brings what they say to the loop.
//!
//! Invariant: a device that is not there, or goes away, never stops the till; a scan that finds the queue full is dropped
//! and said, so that no code waits for a later sale.
//! Deliberately absent: looking for what is plugged in (`quickpay devices`).

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result};
use quickpay_core::input::Input;
use quickpay_core::view::Device;
use quickpay_core::words::Language;
use quickpay_drivers::printer::fonts::Fonts;
use quickpay_drivers::printer::queue::{PrinterEvent, RunningPrinter};
use quickpay_drivers::scanner::claims::Claims;
use quickpay_drivers::scanner::{Loss, RunningScanner, ScannerEvent};
use tokio::sync::mpsc;

use crate::arrival::Arrival;
use crate::config::{Printer, Scanner};
use crate::workers::input_of;

/// The longest that one paper may take, paper changes included.
const PAPER_LIMIT: Duration = Duration::from_secs(60);

/// Starts the printer's thread, if a printer is configured.
///
/// # Errors
/// When no thread can be started.
pub fn start_printer(printer: &Printer, queue: &mpsc::Sender<Arrival>) -> Result<Option<RunningPrinter>> {
    let Printer::Device { kind, profile, .. } = printer else { return Ok(None) };
    let queue = queue.clone();
    let sink = move |event| {
        let ended = matches!(event, PrinterEvent::Done { .. } | PrinterEvent::Looked(_));
        let arrival = |input| if ended { Arrival::Done(input) } else { Arrival::Happened(input) };
        if let Some(input) = input_of(&event)
            && queue.blocking_send(arrival(input)).is_err()
        {
            tracing::debug!("a paper ended after the loop");
        }
    };
    let fonts = Fonts::in_folder(&crate::assets::fonts()).unwrap_or_else(|error| {
        tracing::warn!(%error, "no fonts: what the printer has no characters for prints as ?");
        Fonts::none()
    });
    let running = RunningPrinter::start_with(kind.clone(), profile.clone(), fonts, PAPER_LIMIT, sink);
    running.map(Some).context("the printer's thread cannot be started")
}

/// Starts a thread for each scanner.
///
/// # Errors
/// When no thread can be started.
pub fn start_scanners(scanners: &[Scanner], queue: &mpsc::Sender<Arrival>) -> Result<Vec<RunningScanner>> {
    let bench = Arc::new(Bench::of(scanners));
    if let Some(device) = bench.together() {
        queue.try_send(Arrival::Happened(Input::ScannerIs(device))).ok();
    }
    let claims = Claims::default();
    let mut running = Vec::new();
    for (place, scanner) in scanners.iter().enumerate() {
        let Scanner::Device(kind) = scanner else { continue };
        let (queue, bench) = (queue.clone(), Arc::clone(&bench));
        let sink = move |event| scanner_event(&queue, &bench, place, event);
        let started = kind.clone().start_beside(&claims, place, sink);
        running.push(started.context("the scanner's thread cannot be started")?);
    }
    Ok(running)
}

/// Which of several scanners can be read: the till has one as long as one can be.
#[derive(Debug)]
struct Bench(Mutex<Vec<Device>>);

impl Bench {
    /// The window is always there; a device is away until it says otherwise.
    fn of(scanners: &[Scanner]) -> Bench {
        let begins = |scanner: &Scanner| match scanner {
            Scanner::Window => Device::Ready,
            Scanner::Device(_) => Device::Away,
        };
        Bench(Mutex::new(scanners.iter().map(begins).collect()))
    }

    fn together(&self) -> Option<Device> {
        let devices = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let ready = devices.contains(&Device::Ready);
        (!devices.is_empty()).then_some(if ready { Device::Ready } else { Device::Away })
    }

    fn is(&self, place: usize, device: Device) -> Input {
        if let Some(known) = self.0.lock().unwrap_or_else(PoisonError::into_inner).get_mut(place) {
            *known = device;
        }
        Input::ScannerIs(self.together().unwrap_or(device))
    }
}

fn scanner_event(queue: &mpsc::Sender<Arrival>, bench: &Bench, place: usize, event: ScannerEvent) {
    let arrivals = match event {
        ScannerEvent::Opened => {
            tracing::info!(place, "scanner ready");
            vec![Arrival::Happened(bench.is(place, Device::Ready))]
        }
        ScannerEvent::Lost(loss) => {
            tracing::warn!(place, %loss, "scanner lost");
            vec![Arrival::Happened(bench.is(place, Device::Away)), Arrival::ScannerLost(loss)]
        }
        ScannerEvent::Scan(scan) => vec![Arrival::Happened(Input::Scanned(scan))],
        ScannerEvent::Discarded(why) => vec![Arrival::Discarded(why)],
    };
    for arrival in arrivals {
        // Waits where the loop falls behind: a scan or a word about the scanner is late then, never lost. What the
        // kernel cannot keep meanwhile, the driver tells.
        if queue.blocking_send(arrival).is_err() {
            tracing::debug!("a scanner said something after the loop");
        }
    }
}

/// What the screen says when a scanner cannot be read; the log has the cause in full.
#[must_use]
pub fn words_of_loss(loss: &Loss, language: Language) -> &'static str {
    let [en, zh_cn, zh_tw, ko] = match loss {
        Loss::Unplugged => [
            "Scanner unplugged. Plug it in again, in any port.",
            "扫码枪已断开，请重新插上，任何接口均可。",
            "掃碼槍已斷開，請重新插上，任何接口均可。",
            "스캐너 연결이 끊겼습니다. 아무 포트에나 다시 꽂으세요.",
        ],
        Loss::InUse => [
            "Another program holds the scanner.",
            "扫码枪被其他程序占用。",
            "掃碼槍被其他程式佔用。",
            "다른 프로그램이 스캐너를 사용 중입니다.",
        ],
        Loss::SeveralMatch => [
            "Several scanners fit; unplug one or name one in the configuration.",
            "有多个扫码枪符合，请拔掉一个或在配置中指定。",
            "有多個掃碼槍符合，請拔掉一個或在設定中指定。",
            "해당하는 스캐너가 여러 개입니다. 하나를 뽑거나 설정에서 지정하세요.",
        ],
        Loss::ReadAs { .. } => [
            "One scanner stands twice in the configuration; remove one of the two. It is read once.",
            "同一扫码枪在配置中出现两次，请删除其一；目前只读取一次。",
            "同一掃碼槍在設定中出現兩次，請刪除其一；目前只讀取一次。",
            "같은 스캐너가 설정에 두 번 있습니다. 하나를 지우세요. 지금은 한 번만 읽습니다.",
        ],
        Loss::NoPermission => [
            "No permission to read the scanner. Call the installer.",
            "无权读取扫码枪，请联系安装人员。",
            "無權讀取掃碼槍，請聯絡安裝人員。",
            "스캐너를 읽을 권한이 없습니다. 설치 담당자에게 문의하세요.",
        ],
        Loss::Broken(_) => [
            "The scanner does not work. Unplug it and plug it in again.",
            "扫码枪无法工作，请拔下后重新插上。",
            "掃碼槍無法工作，請拔下後重新插上。",
            "스캐너가 작동하지 않습니다. 뽑았다가 다시 꽂으세요.",
        ],
    };
    match language {
        Language::En => en,
        Language::ZhCn => zh_cn,
        Language::ZhTw => zh_tw,
        Language::Ko => ko,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use quickpay_core::payment_code::Scan;

    #[test]
    fn scanners_that_are_faster_than_the_loop_lose_nothing_and_keep_their_order() {
        let (queue, mut arrivals) = mpsc::channel(1);
        let reader = std::thread::spawn(move || {
            let bench = Bench(Mutex::new(vec![Device::Away]));
            scanner_event(&queue, &bench, 0, ScannerEvent::Opened);
            for at in 0..100 {
                scanner_event(
                    &queue,
                    &bench,
                    0,
                    ScannerEvent::Scan(Scan::from_message(format!("690{at:010}").into_bytes())),
                );
            }
            scanner_event(&queue, &bench, 0, ScannerEvent::Lost(Loss::Unplugged));
        });
        let mut told = Vec::new();
        while let Some(arrival) = arrivals.blocking_recv() {
            let said = format!("{arrival:?}"); // names no code: a scan's Debug does not
            let kinds = ["Scanned", "ScannerIs(Ready)", "ScannerIs(Away)", "ScannerLost"];
            told.push(*kinds.iter().find(|kind| said.contains(**kind)).expect("a scanner's word"));
        }
        reader.join().unwrap();
        assert_eq!(
            (told[0], told.iter().filter(|word| **word == "Scanned").count()),
            ("ScannerIs(Ready)", 100)
        );
        assert_eq!(told[101..], ["ScannerIs(Away)", "ScannerLost"]);
    }
}
