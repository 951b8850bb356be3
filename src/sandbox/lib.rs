//! A WooshPay-compatible gateway for tests, demo and drills: a real HTTP server that is honest unless a script or the
//! line says otherwise, with simulated customers and the truth about every charge. It keeps three promises: money moves
//! in one place and is never bent by a fault; with a state file, what was carried out is on the disk before it is
//! answered; a payment code leaves by `/sandbox/wallet` and nowhere else. TLS, webhooks, checkout, QR and card flows are
//! absent, and so is every other crate of this workspace: a referee shares no code with what it judges.
//!
//! # Starting one
//!
//! ```
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
//! use quickpay_sandbox::{Customer, CustomerName, Sandbox, SandboxOptions};
//!
//! let sandbox = Sandbox::start(SandboxOptions::at(([127, 0, 0, 1], 0).into())).await?;
//! sandbox.set_customer(Customer::new("anna")).ok();
//! let shown = sandbox.show_code(&CustomerName::new("anna")).unwrap();
//! // … a till scans shown.code.reveal() and pays at sandbox.base_url() …
//! assert_eq!(sandbox.truth().charges.len(), 0);
//! sandbox.stop().await;
//! # Ok::<(), quickpay_sandbox::SandboxError>(()) }).unwrap();
//! ```
//!
//! `SandboxOptions::control` opens a second socket. With it, a line that refuses closes the main listening socket, so
//! that connects are refused; drive the line over the second one then. Without it, `/v1` connections are closed without
//! an answer and `/sandbox` works on. [`World`] is the same gateway without HTTP, with time as an argument.
//!
//! # `/v1`
//!
//! HTTP Basic, any key that begins with `sk_test_` as user (unless [`ApiKeys::Only`]), empty password. Create, retrieve,
//! confirm, cancel, list and search payment intents; create and retrieve refunds; retrieve charges. `Content-Type` and
//! `Accept` must be JSON. A well-formed code that nobody was shown belongs to a rich walk-in customer, once.
//!
//! # `/sandbox`
//!
//! No key, this machine only. A wrong request is answered 400 `{"error":"words"}` and changes nothing.
//!
//! `POST /sandbox/wallet` makes or changes a customer; every field is optional, what is not named stays as it was:
//! ```json
//! {"customer":"anna","wallet":"wechat_pay","balance":10000,"currency":"CNY","password":true,
//!  "confirms":{"after_ms":3000},"code_life_ms":60000,"codes":2}
//! ```
//! `confirms` is `"at_once"`, `"never"`, `"cancels"`, `{"after_ms":n}`, `{"after_s":n}` or `{"cancels_after_ms":n}`; all
//! but a bare `"at_once"` ask for the password first. Without a balance the wallet is bottomless. It answers, as does
//! `GET /sandbox/wallet/anna` with a fresh code:
//! ```json
//! {"customer":"anna","code":"13…","codes":["13…","13…"],"expires_in_ms":60000,
//!  "wallet":"wechat_pay","balance":10000,"currency":"CNY"}
//! ```
//!
//! `GET /sandbox/charges`, oldest first:
//! ```json
//! {"charges":[{"kind":"charge","id":"ch_…","intent":"pi_…","order":"A1","amount":100,"refunded":40,"currency":"CNY",
//!              "at_ms":1795179523076,"customer":"anna","wallet":"wechat_pay"}],
//!  "refunds":[{"kind":"refund","id":"re_…","charge":"ch_…","intent":"pi_…","order":"A1","amount":40,"currency":"CNY",
//!              "at_ms":1795179523999,"reason":null,"status":"succeeded"}]}
//! ```
//!
//! `GET /sandbox/requests`: the last 2000 requests to `/v1`; `status` is null while there is no answer, and for ever when
//! it was dropped. A request that a line that is down kept away is not in it.
//! ```json
//! {"requests":[{"n":1,"at_ms":1795179523076,"method":"POST","path":"/v1/payment_intents","op":"create","order":"A1",
//!               "idempotency_key":"k1","scripted":false,"status":200}]}
//! ```
//!
//! `POST /sandbox/line` (`GET` shows it); when it answers, the socket has followed:
//! ```json
//! {"line":"up|down|slow","how":"refuse|black_hole","delay_ms":0,"replies":"kept|lost"}
//! ```
//!
//! `POST /sandbox/rules` (`GET` shows them), every field optional: [`Rules`].
//!
//! `POST /sandbox/reset` forgets everything and comes back to the rules of the start.
//!
//! `POST /sandbox/script` appends steps (`GET` lists what is left); a request takes the first step that fits it, and one
//! that is refused (401, 400, 404 path) takes none:
//! ```json
//! [{"match":{"op":"create","order":"A1","times":1},"then":"drop_after"},
//!  {"match":{"method":"GET","path":"/v1/payment_intents/{id}"},"then":{"delay_ms":500,"status":429,"retry_after_s":2}},
//!  {"match":"search","times":2,"then":"forget"},
//!  {"then":{"case":"A4","after_ms":200,"end":"refused"}}]
//! ```
//! `match` is an operation or any of `op`, `method`, `path`, `order`, `times` (1 when absent; also beside `match`);
//! nothing fits all. `op` is `create`, `retrieve`, `confirm`, `cancel`, `list`, `search`, `refund`, `retrieve_refund`,
//! `retrieve_charge`, `inquiry` (retrieve, list or search) or `any`.
//!
//! `then` is a word, a case by its name, or an object of wishes, which combine:
//!
//! | wish | meaning |
//! |---|---|
//! | `delay_ms` | the answer waits; the deed does not |
//! | `drop`: `before`, `after` | no answer; not carried out, carried out |
//! | `status`, with `code`, `message`, `retry_after_s`, `carried_out` | this error instead; not carried out unless it says so |
//! | `html`: 502, `empty`: 200 | a proxy's page, an empty body; `carried_out` as above |
//! | `truncated`: `json`, `body` | the JSON, or the connection, ends half-way; carried out |
//! | `amount`, `amount_off_by`, `currency`, `livemode`, `id`, `say_status` | the answer says this; the truth does not |
//! | `stringified`, `null_amount_received`, `seconds`, `upper_case`: true | the known oddities of the wire |
//! | `as_402`: true, `as_status`: 202, `envelope`: `flat`, `text` | the same answer in another dress |
//! | `forget`: true | retrieve 404s, search and list find nothing |
//! | `duplicate`: `paid`, `declined` | carried out twice: two intents, both charged, or the second declined and answered |
//! | `paid`: true | paid at once, whatever the phone would do |
//! | `pending`: `never`, `{"after_ms":n,"end":"paid"}` | the payer is at the phone; then `paid`, `refused` or `never` |
//! | `decline`: `NOTENOUGH` …, with `then_paid_after_ms` | refused; and paid later all the same |
//! | `cancel`: `paid_first` | the payer confirms just before: 400, paid |
//! | `cancel`: `refused` | 400 and nothing changes |
//! | `cancel`: `says_canceled` | 200 canceled, and paid |
//! | `cancel`: `returned` | paid, given back by the wallet, canceled |
//! | `cancel`: `paid_after`, with `after_ms` | canceled, and paid later |
//! | `refund`: `pending`, `failed`, with `after_ms` | accepted and not done yet, or accepted and failed |
//!
//! Words: `ok`, `drop_before`, `drop_after`, `429`, `500`, `502`, `503`, `504`, `html`, `truncated`, `cut`, `empty`,
//! `forget`, `duplicate`, `duplicate_declined`, `stringified`, `null_amount_received`, `seconds`, `upper_case`,
//! `livemode`, `as_402`, `wrong_amount`, `paid`, `pending`, `declined`, `decline_then_paid`, `paid_during_cancel`,
//! `cancel_refused`, `says_canceled`, `paid_after_cancel`, `refund_pending`, `refund_failed`.
//!
//! Cases: `A1`-`A8`, `A4b` (the other end), `B1`-`B4`, the `MICROPAY_…` names, and those of `QP-01`-`QP-30` in which the
//! gateway plays a part; `after_ms` and `end` set their waits. Later steps of a case are for the same order alone. A
//! wait longer than `confirm_window_ms` ends with the wallet revoking.
#![forbid(unsafe_code)]

mod answer;
mod asked;
mod auth;
mod carry_out;
mod case;
mod charge;
mod clock;
mod code;
mod control;
mod customer;
mod customer_wire;
mod decline;
mod delivered;
mod error;
mod fate;
mod fields;
mod gateway;
mod id;
mod intent;
mod key_book;
mod line;
mod list_filter;
mod listener;
mod masked;
mod mint;
mod moment;
mod money;
mod play;
mod query;
mod refusal;
mod request_log;
mod route;
mod rules;
mod running;
mod script;
mod service;
mod state_file;
mod then;
mod twist;
mod wallet;
mod world;

pub use auth::ApiKeys;
pub use charge::{Charge, Refund, RefundStanding};
pub use code::PaymentCode;
pub use customer::{Consent, Customer};
pub use decline::Decline;
pub use error::SandboxError;
pub use fate::{CancelFate, Fate, RefundFate};
pub use id::{ChargeId, CustomerName, IntentId, OrderId, RefundId};
pub use intent::{Details, Intent, Later, LaterEnd, Standing};
pub use line::{Down, Line, LineState, Replies};
pub use moment::Moment;
pub use money::{Currency, Minor};
pub use refusal::{Paid, Refusal};
pub use request_log::Received;
pub use route::Op;
pub use rules::Rules;
pub use running::{RunningSandbox, Sandbox, SandboxOptions};
pub use script::Script;
pub use wallet::Wallet;
pub use world::{NewIntent, NewRefund, Second, ShownCode, Truth, World};
