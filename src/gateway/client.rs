//! The client: a few verbs, each of which ends in one answer, in time.
//!
//! Invariant: a payment request is built once, sent at most once, and holds the payer's code nowhere else; every verb
//! has a limit for all it does.
//! Deliberately absent: `Result`. What cannot be sent is [`Answer::NotSent`], what is not understood [`Answer::Silent`].

use std::fmt;

use quickpay_core::answer::{Answer, RefundAnswer, RefundNumber, RejectionKind, Silence};
use quickpay_core::effect::{Inquiry, PayRequest, RefundRequest};
use quickpay_core::id::{IntentId, OrderId};
use reqwest::{Request, Url};
use tokio::time::{Instant, timeout_at};
use tracing::{debug, error, info, warn};

use crate::answer::{Asked, classify};
use crate::body;
use crate::error::{ClientError, MAX_LIMIT};
use crate::fault::Fault;
use crate::line::{Body, Exchange, Line};
use crate::options::{ClientOptions, ListStyle};
use crate::redaction;
use crate::refund;
use crate::timely::{self, Late};

/// Most bytes of an answer about one intent (platform notes, section 7).
const MAX_INTENT_BYTES: usize = 256 * 1024;
/// Most bytes of a list (platform notes, section 7).
const MAX_LIST_BYTES: usize = 1024 * 1024;

/// The way to the gateway, for one merchant's key.
pub struct Client {
    line: Line,
    options: ClientOptions,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("options", &self.options).finish_non_exhaustive()
    }
}

impl Client {
    /// Makes a client; nothing is sent and no name is looked up yet.
    ///
    /// # Errors
    /// [`ClientError`] when the set-up is wrong: key and host, a time limit, certificate authorities.
    pub fn new(options: ClientOptions) -> Result<Client, ClientError> {
        options.endpoint.admit(options.key.mode())?;
        for (name, value) in [
            ("connect_timeout", options.connect_timeout),
            ("answer_timeout", options.answer_timeout),
            ("probe_timeout", options.probe_timeout),
        ] {
            if value.is_zero() || value > MAX_LIMIT {
                return Err(ClientError::Limit { name, value });
            }
        }
        if options.cancellation_reason.trim().is_empty() {
            return Err(ClientError::NoCancellationReason);
        }
        Ok(Client { line: Line::new(&options)?, options })
    }

    /// Asks the gateway to take a payment. To be called once per attempt. `in_time` is asked when there is a connection
    /// and the body is about to leave; when it says no, nothing does ([`Answer::NotSent`]).
    pub async fn pay(
        &self,
        request: &PayRequest,
        in_time: impl Fn() -> bool + Send + Sync + 'static,
    ) -> Answer {
        let code = request.code.reveal(); // the one place
        let order = request.order.as_str();
        let url = self.options.endpoint.resource(&["payment_intents"]);
        let late = Late::default();
        let body = body::pay(&self.options, request, code).map(|body| timely::body(body, in_time, &late));
        let ready = self.post(url, order, body);
        let until = Instant::now() + self.options.answer_timeout;
        let ask = Ask { asked: Asked::Pay, order: Some(order), secret: Some(code), until };
        self.ask_timely(ask, ready, &late).await
    }

    /// Asks what became of an attempt. By order id this searches, and when the search finds nothing looks through the
    /// newest page of the list; [`Answer::Found`] holds intents of exactly this order only.
    pub async fn inquire(&self, inquiry: &Inquiry) -> Answer {
        let until = Instant::now() + self.options.answer_timeout;
        match inquiry {
            Inquiry::Intent(id) => {
                let ready = self.get(self.options.endpoint.resource(&["payment_intents", &id.0]));
                self.ask(Ask { asked: Asked::Retrieve(id), order: None, secret: None, until }, ready).await
            }
            Inquiry::Order(order) => self.look_for(order, until).await,
        }
    }

    /// Asks the gateway to cancel an intent. Whatever it answers, only a later inquiry proves anything.
    pub async fn reverse(&self, intent: &IntentId, order: &OrderId) -> Answer {
        let url = self.options.endpoint.resource(&["payment_intents", &intent.0, "cancel"]);
        let ready = self.post(url, &format!("{order}-cancel"), body::cancel(&self.options));
        let until = Instant::now() + self.options.answer_timeout;
        self.ask(
            Ask { asked: Asked::Cancel(intent), order: Some(order.as_str()), secret: None, until },
            ready,
        )
        .await
    }

    /// Asks the gateway to give money back. A retry carries the same number as its idempotency key.
    pub async fn refund(&self, request: &RefundRequest) -> RefundAnswer {
        let url = self.options.endpoint.resource(&["refunds"]);
        let ready = self.post(url, request.number.as_str(), body::refund(request));
        self.ask_refund("refund", Some((&request.number, &request.intent)), ready).await
    }

    /// Asks what became of a refund that the gateway has named.
    pub async fn inquire_refund(&self, id: &RefundNumber) -> RefundAnswer {
        let ready = self.get(self.options.endpoint.resource(&["refunds", &id.0]));
        match self.ask_refund("retrieve refund", None, ready).await {
            RefundAnswer::Refund(report) if report.id != *id => RefundAnswer::Silent(Silence::Nonsense),
            answer @ (RefundAnswer::Refund(_)
            | RefundAnswer::NotSent
            | RefundAnswer::Silent(_)
            | RefundAnswer::Rejected(_)) => answer,
        }
    }

    async fn ask_refund(
        &self,
        operation: &'static str,
        asked: Option<(&OrderId, &IntentId)>,
        ready: Option<Request>,
    ) -> RefundAnswer {
        let Some(request) = ready else { return RefundAnswer::NotSent };
        let (number, payment) = asked.map(|(number, payment)| (number.as_str(), payment)).unzip();
        let begun = Instant::now();
        let exchange = self.line.exchange(request, MAX_INTENT_BYTES);
        let exchange = timeout_at(begun + self.options.answer_timeout, exchange).await;
        let exchange = exchange.unwrap_or(Exchange::Broken);
        let answer = refund::classify(&exchange, payment);
        let millis = begun.elapsed().as_millis();
        match &exchange {
            Exchange::NotSent(fault) => info!(operation, number, millis, %fault, "nothing was sent"),
            Exchange::Broken => info!(operation, number, millis, "gateway silent"),
            Exchange::Replied(reply) => {
                info!(operation, number, http = reply.http.as_u16(), millis, "gateway answered");
            }
        }
        answer
    }

    /// Completes a harmless exchange. The line is down after [`Answer::NotSent`] and `Silent(NoAnswer)`, and up after
    /// everything else.
    pub async fn probe(&self) -> Answer {
        let mut url = self.options.endpoint.resource(&["payment_intents"]);
        url.query_pairs_mut().append_pair("limit", "1");
        let until = Instant::now() + self.options.probe_timeout;
        self.ask(Ask { asked: Asked::Probe, order: None, secret: None, until }, self.get(url)).await
    }

    async fn look_for(&self, order: &OrderId, until: Instant) -> Answer {
        let mut url = self.options.endpoint.resource(&["payment_intents", "search"]);
        url.query_pairs_mut().append_pair("query", &search_query(order)).append_pair("limit", "10");
        let named = Some(order.as_str());
        let ask = Ask { asked: Asked::Search(order), order: named, secret: None, until };
        let searched = self.ask(ask, self.get(url)).await;
        if !leaves_open(&searched) {
            return searched;
        }
        let mut url = self.options.endpoint.resource(&["payment_intents"]);
        match self.options.list_style {
            ListStyle::Plain => {}
            ListStyle::Query => {
                url.query_pairs_mut().append_pair("limit", "100");
            }
        }
        let ask = Ask { asked: Asked::List(order), order: named, secret: None, until };
        match self.ask(ask, self.get(url)).await {
            Answer::Found(intents) if intents.is_empty() => searched,
            Answer::Rejected(_) => searched,
            listed @ (Answer::NotSent
            | Answer::Silent(_)
            | Answer::Declined { .. }
            | Answer::Intent(_)
            | Answer::Found(_)) => listed,
        }
    }

    fn get(&self, url: Url) -> Option<Request> {
        self.line.get(url).inspect_err(|wrong| error!(%wrong, "request cannot be built")).ok()
    }

    fn post(
        &self,
        url: Url,
        idempotency_key: &str,
        body: serde_json::Result<impl Into<reqwest::Body>>,
    ) -> Option<Request> {
        let body = body.inspect_err(|wrong| error!(%wrong, "body cannot be written")).ok()?;
        let ready = self.line.post(url, idempotency_key, body);
        ready.inspect_err(|wrong| error!(%wrong, "request cannot be built")).ok()
    }

    /// One exchange, within the time that is left. A request that could not even be built has provably not left.
    async fn ask(&self, ask: Ask<'_>, ready: Option<Request>) -> Answer {
        self.ask_timely(ask, ready, &Late::default()).await
    }

    /// The same for a request with a body that may be late.
    async fn ask_timely(&self, ask: Ask<'_>, ready: Option<Request>, late: &Late) -> Answer {
        let Some(request) = ready else { return Answer::NotSent };
        let begun = Instant::now();
        let exchange = self.line.exchange(request, ask.max_bytes());
        let mut exchange = timeout_at(ask.until, exchange).await.unwrap_or(Exchange::Broken);
        if late.happened() {
            exchange = Exchange::NotSent(Fault::Late);
        }
        if let (Exchange::Replied(reply), Some(secret)) = (&mut exchange, ask.secret) {
            reply.scrub(secret);
        }
        let answer = classify(ask.asked, &exchange);
        ask.log(&exchange, &answer, begun);
        answer
    }
}

/// A question and the frame around it.
struct Ask<'a> {
    asked: Asked<'a>,
    /// Our order id, for the log, where it is known.
    order: Option<&'a str>,
    /// A secret of ours that must not come back out of the answer.
    secret: Option<&'a str>,
    until: Instant,
}

impl Ask<'_> {
    fn operation(&self) -> &'static str {
        match self.asked {
            Asked::Pay => "pay",
            Asked::Retrieve(_) => "retrieve",
            Asked::Search(_) => "search",
            Asked::List(_) => "list",
            Asked::Cancel(_) => "cancel",
            Asked::Probe => "probe",
        }
    }

    fn intent(&self) -> Option<&str> {
        match self.asked {
            Asked::Retrieve(id) | Asked::Cancel(id) => Some(&id.0),
            Asked::Pay | Asked::Search(_) | Asked::List(_) | Asked::Probe => None,
        }
    }

    /// Probes go out every few seconds while the line is down: nothing that a person would want to read each time.
    fn is_probe(&self) -> bool {
        matches!(self.asked, Asked::Probe)
    }

    fn max_bytes(&self) -> usize {
        match self.asked {
            Asked::Pay | Asked::Retrieve(_) | Asked::Cancel(_) => MAX_INTENT_BYTES,
            Asked::Search(_) | Asked::List(_) | Asked::Probe => MAX_LIST_BYTES,
        }
    }

    fn log(&self, exchange: &Exchange, answer: &Answer, begun: Instant) {
        let (operation, order, intent) = (self.operation(), self.order, self.intent());
        let millis = begun.elapsed().as_millis();
        let reply = match exchange {
            Exchange::NotSent(fault) if self.is_probe() => {
                return debug!(operation, millis, %fault, "gateway not reached");
            }
            Exchange::NotSent(fault) => {
                return info!(operation, order, intent, millis, %fault, "gateway not reached, nothing was sent");
            }
            Exchange::Broken if self.is_probe() => return debug!(operation, millis, "gateway silent"),
            Exchange::Broken => return info!(operation, order, intent, millis, "gateway silent"),
            Exchange::Replied(reply) => reply,
        };
        let (http, request_id) = (reply.http.as_u16(), reply.request_id.as_deref().unwrap_or("-"));
        match (answer, &reply.body) {
            (Answer::Intent(_) | Answer::Found(_), _) if reply.http.is_success() => {
                debug!(operation, order, intent, http, millis, request_id, "gateway answered");
            }
            (_, Body::Whole(bytes)) => {
                let said = redaction::excerpt(bytes);
                warn!(
                    operation,
                    order, intent, http, millis, request_id, said, "gateway answered oddly or refused"
                );
            }
            (_, Body::TooLong) => {
                warn!(operation, order, intent, http, millis, request_id, "answer too long");
            }
            (_, Body::CutOff) => {
                warn!(operation, order, intent, http, millis, request_id, "answer cut off");
            }
        }
    }
}

/// `merchant_order_id:'…'`, with the two signs escaped that would end the text.
fn search_query(order: &OrderId) -> String {
    let escaped = order.as_str().replace('\\', "\\\\").replace('\'', "\\'");
    format!("merchant_order_id:'{escaped}'")
}

/// Whether a search leaves it open what became of the order: it found nothing, or the gateway has no such search.
fn leaves_open(searched: &Answer) -> bool {
    match searched {
        Answer::Found(intents) => intents.is_empty(),
        Answer::Rejected(rejection) => match rejection.kind {
            RejectionKind::BadRequest | RejectionKind::NotFound | RejectionKind::Other => true,
            RejectionKind::Unauthorized | RejectionKind::Forbidden => false,
        },
        Answer::NotSent | Answer::Silent(_) | Answer::Declined { .. } | Answer::Intent(_) => false,
    }
}
