//! Runs effects.
//!
//! Invariant: exactly one input comes back per effect, also when the worker hangs or panics; nothing is retried here.

use std::sync::Arc;
use std::time::Duration;

use quickpay_core::answer::{Answer, Exchange, RefundAnswer, Silence};
use quickpay_core::document::DocumentKind;
use quickpay_core::effect::Effect;
use quickpay_core::id::{AttemptId, RefundId};
use quickpay_core::input::{Asked, Input, LineProof, PrintEnding, Sight};
use quickpay_core::record::PrintProof;

use quickpay_drivers::printer::bitmap::Bitmap;
use quickpay_drivers::printer::escpos::Drawer;
use quickpay_drivers::printer::job::{PrintOutcome, Proof, Stage, Trouble};
use quickpay_drivers::printer::queue::{PrintOrder, PrinterEvent, RunningPrinter};
use quickpay_gateway::Client;
use tokio::sync::mpsc;

use crate::arrival::Arrival;
use crate::clock::Clock;

/// What the client's own limits are given before a worker counts as hung.
const GRACE: Duration = Duration::from_secs(5);
const NO_ANSWER: Answer = Answer::Silent(Silence::NoAnswer);

/// The hands of the event loop.
#[derive(Debug)]
pub struct Workers {
    client: Arc<Client>,
    clock: Clock,
    /// The client's limit for one exchange.
    answer_limit: Duration,
    printer: Option<RunningPrinter>,
    logo: Option<Arc<Bitmap>>,
    drawer: Drawer,
    inputs: mpsc::Sender<Arrival>,
    under_way: usize,
}

impl Workers {
    /// Hands that answer into this queue.
    #[must_use]
    pub fn new(
        client: Client,
        answer_limit: Duration,
        printer: Option<RunningPrinter>,
        inputs: mpsc::Sender<Arrival>,
    ) -> Workers {
        let client = Arc::new(client);
        let clock = Clock::new();
        Workers {
            client,
            clock,
            answer_limit,
            printer,
            logo: None,
            drawer: Drawer::Leave,
            inputs,
            under_way: 0,
        }
    }

    /// The same, with the shop's logo for its papers.
    #[must_use]
    pub fn with_logo(self, logo: Option<Arc<Bitmap>>) -> Workers {
        Workers { logo, ..self }
    }

    /// The loop's queue, for what else comes back to it.
    #[must_use]
    pub fn queue(&self) -> mpsc::Sender<Arrival> {
        self.inputs.clone()
    }

    /// The same, with a cash drawer that opens with each original receipt.
    #[must_use]
    pub fn with_drawer(self, drawer: Drawer) -> Workers {
        Workers { drawer, ..self }
    }

    /// How many effects have not come back.
    #[must_use]
    pub fn under_way(&self) -> usize {
        self.under_way
    }

    /// One effect came back.
    pub fn came_back(&mut self) {
        self.under_way = self.under_way.saturating_sub(1);
    }

    /// Begins an effect; its input will arrive.
    pub fn carry_out(&mut self, effect: Effect) {
        self.under_way += 1;
        let client = Arc::clone(&self.client);
        match effect {
            Effect::Pay { attempt, request } => {
                let (clock, submit_by) = (self.clock, request.submit_by);
                let in_time = move || clock.now().mono < submit_by;
                self.ask(attempt, Asked::Pay, async move { client.pay(&request, in_time).await });
            }
            Effect::Inquire { attempt, by } => {
                self.ask(attempt, Asked::Inquire, async move { client.inquire(&by).await });
            }
            Effect::Reverse { attempt, intent, order } => {
                self.ask(attempt, Asked::Reverse, async move { client.reverse(&intent, &order).await });
            }
            Effect::Refund { refund, request } => {
                let work = async move { client.refund(&request).await };
                self.refund(refund, work);
            }
            Effect::InquireRefund { refund, id } => {
                let work = async move { client.inquire_refund(&id).await };
                self.refund(refund, work);
            }
            Effect::ProbeLine => {
                let probe = async move { client.probe().await };
                self.exchange(probe, NO_ANSWER, |answer| Input::LineProbed(proof_of(&answer)));
            }
            Effect::LookForPrinter => {
                if !self.printer.as_ref().is_some_and(RunningPrinter::look) {
                    self.come_back(Input::PrinterLooked(Sight::Away));
                }
            }
            Effect::Print { job, document } => {
                let original = document.kind == DocumentKind::Receipt;
                let drawer = if original { self.drawer } else { Drawer::Leave };
                let order = PrintOrder { job, document, drawer, logo: self.logo.clone() };
                let taken = match &self.printer {
                    Some(printer) => printer.print(order).is_ok(),
                    None => false,
                };
                if !taken {
                    self.come_back(Input::PrintEnded { job, ending: PrintEnding::NotSent });
                }
            }
        }
    }

    /// What no worker could take up comes back as what it is: not done.
    fn come_back(&self, input: Input) {
        let inputs = self.inputs.clone();
        tokio::spawn(async move { inputs.send(Arrival::Done(input)).await });
    }

    fn ask(&self, attempt: AttemptId, asked: Asked, exchange: impl Future<Output = Answer> + Send + 'static) {
        self.exchange(exchange, NO_ANSWER, move |answer| Input::Answered { attempt, asked, answer });
    }

    fn refund(&self, refund: RefundId, exchange: impl Future<Output = RefundAnswer> + Send + 'static) {
        let silence = RefundAnswer::Silent(Silence::NoAnswer);
        self.exchange(exchange, silence, move |answer| Input::RefundAnswered { refund, answer });
    }

    /// A task for the exchange and one that watches it, so that a panic or a hang is an answer too.
    fn exchange<A: Send + 'static>(
        &self,
        exchange: impl Future<Output = A> + Send + 'static,
        silence: A,
        input: impl FnOnce(A) -> Input + Send + 'static,
    ) {
        let inputs = self.inputs.clone();
        let work = tokio::spawn(tokio::time::timeout(self.answer_limit + GRACE, exchange));
        tokio::spawn(async move {
            let answer = match work.await {
                Ok(Ok(answer)) => answer,
                Ok(Err(_elapsed)) => silence,
                Err(panicked) => {
                    tracing::error!(%panicked, "a worker ended badly");
                    silence
                }
            };
            if inputs.send(Arrival::Done(input(answer))).await.is_err() {
                tracing::debug!("an answer came after the loop had ended");
            }
        });
    }
}

fn proof_of(answer: &Answer) -> LineProof {
    match answer.exchange() {
        Exchange::Completed => LineProof::Up,
        Exchange::Unanswered | Exchange::NeverMade => LineProof::Down,
    }
}

/// What a printer's word means to the core.
#[must_use]
pub fn input_of(event: &PrinterEvent) -> Option<Input> {
    match event {
        PrinterEvent::Stage(job, Stage::Sending) => Some(Input::PrintHindered { job: *job, by: None }),
        PrinterEvent::Stage(job, Stage::Interrupted(why)) => {
            tracing::warn!(%job, why = why.name(), "the printer waits for a person");
            Some(Input::PrintHindered { job: *job, by: Some(*why) })
        }
        PrinterEvent::Done { job, outcome, missing } => {
            if !missing.is_empty() {
                tracing::warn!(%job, characters = missing.len(), "the printer's character set lacks some");
            }
            let ending = match outcome {
                PrintOutcome::Printed(Proof::Answered) => PrintEnding::Printed(PrintProof::Answered),
                PrintOutcome::Printed(Proof::Sent) => PrintEnding::Printed(PrintProof::Sent),
                PrintOutcome::NotSent(trouble) => {
                    tracing::warn!(%job, %trouble, "paper not sent");
                    match trouble {
                        Trouble::Hindered(why) => PrintEnding::NeedsCare(*why),
                        Trouble::Silent
                        | Trouble::Stuck
                        | Trouble::CannotOpen(_)
                        | Trouble::Broken(_)
                        | Trouble::Stopped => PrintEnding::NotSent,
                    }
                }
                PrintOutcome::Unknown(trouble) => {
                    tracing::warn!(%job, %trouble, "paper of unknown fate");
                    PrintEnding::Unknown
                }
            };
            Some(Input::PrintEnded { job: *job, ending })
        }
        PrinterEvent::Looked(Ok(())) => Some(Input::PrinterLooked(Sight::Ready)),
        PrinterEvent::Looked(Err(Trouble::Hindered(why))) => {
            Some(Input::PrinterLooked(Sight::NeedsCare(*why)))
        }
        PrinterEvent::Looked(Err(
            Trouble::Silent | Trouble::Stuck | Trouble::CannotOpen(_) | Trouble::Broken(_) | Trouble::Stopped,
        )) => Some(Input::PrinterLooked(Sight::Away)),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::io::Read as _;
    use std::net::TcpListener;
    use std::path::Path;

    use quickpay_core::effect::PayRequest;
    use quickpay_core::id::{OrderId, SaleId};
    use quickpay_core::money::{Currency, Money};
    use quickpay_core::payment_code::{PaymentCode, Scan};
    use quickpay_core::time::Monotonic;
    use quickpay_gateway::{ClientOptions, Endpoint, SecretKey};

    use super::*;
    use crate::config::Config;

    const TILL: &str = "[terminal]\nid = \"T1\"\nmerchant = \"Shop\"\ndata_dir = \"/nowhere\"\ncurrency = \"CNY\"\n\
        [gateway]\nbase_url = \"http://127.0.0.1:1\"\n[[scanner]]\nkind = \"none\"\n[printer]\nkind = \"none\"\n";

    #[tokio::test]
    async fn a_payment_that_is_late_on_the_clock_that_counts_sleep_does_not_leave() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = Endpoint::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let reading = std::thread::spawn(move || {
            let mut read = Vec::new();
            let (mut connection, _) = listener.accept().unwrap();
            drop(connection.read_to_end(&mut read)); // an end or a reset: nothing more comes
            read
        });
        let (queue, mut arrivals) = mpsc::channel(4);
        let client =
            Client::new(ClientOptions::new(endpoint, SecretKey::parse("sk_test_1").unwrap())).unwrap();
        let mut workers = Workers::new(client, Duration::from_secs(20), None, queue);
        let wallets = Config::parse(Path::new("till.toml"), TILL).unwrap().settings.wallets;
        let code = Scan::from_message(b"132993614656096754".as_slice().into());
        let request = PayRequest {
            order: OrderId::from_journal("T1-000000-S0001a".to_owned()),
            amount: Money::from_minor(100, Currency::Cny).unwrap(),
            code: PaymentCode::parse(&code, &wallets).unwrap(),
            submit_by: Monotonic(0),
        };
        workers.carry_out(Effect::Pay { attempt: AttemptId { sale: SaleId(1), index: 0 }, request });
        let arrival = arrivals.recv().await.unwrap();
        assert!(
            matches!(arrival, Arrival::Done(Input::Answered { answer: Answer::NotSent, .. })),
            "{arrival:?}"
        );
        assert_eq!(reading.join().unwrap(), b"");
    }
}
