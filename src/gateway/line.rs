//! One HTTP exchange: a request goes out once, and what came back is told without being understood.
//!
//! Invariant: [`Exchange::NotSent`] is said here only when the connection itself was not made; `client.rs` says it also of
//! a body that was late (`timely.rs`). Every request has a connection of its own (nothing idle is kept), so a connect error
//! means that no byte of the request left; nothing is sent twice.
//! Deliberately absent: redirects, proxies, cookies, compression, HTTP/2, retries, deadlines (see `client.rs`), meaning.

use std::time::Duration;

use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{Method, Request, Response, StatusCode, Url};

use crate::error::ClientError;
use crate::fault::Fault;
use crate::key::SecretKey;
use crate::options::ClientOptions;
use crate::redaction;
use crate::trust;

/// Headers longer than this together are not an answer (platform notes, section 7).
const MAX_HEADER_BYTES: usize = 32 * 1024;
/// The longest pause that the gateway may ask for: the cap of our own retries (quick-pay rules, section 3).
const MAX_RETRY_AFTER: Duration = Duration::from_secs(300);

/// What came of one request.
pub(crate) enum Exchange {
    /// No connection was made, or it came too late for what was to be sent: no byte of it left.
    NotSent(Fault),
    /// The request may have left; the answer's head did not come, or not in time.
    Broken,
    /// The head of an answer came, and as much of its body as we take.
    Replied(Reply),
}

/// An answer, not yet understood.
pub(crate) struct Reply {
    pub(crate) http: StatusCode,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) request_id: Option<String>,
    pub(crate) body: Body,
}

/// As much of an answer's body as came.
pub(crate) enum Body {
    Whole(Vec<u8>),
    TooLong,
    CutOff,
}

impl Reply {
    /// Overwrites what the gateway repeats of a secret.
    pub(crate) fn scrub(&mut self, secret: &str) {
        match &mut self.body {
            Body::Whole(bytes) => redaction::scrub(bytes, secret),
            Body::TooLong | Body::CutOff => {}
        }
    }
}

/// The way to the gateway.
pub(crate) struct Line {
    http: reqwest::Client,
    key: SecretKey,
}

impl Line {
    pub(crate) fn new(options: &ClientOptions) -> Result<Line, ClientError> {
        let http = reqwest::Client::builder()
            .user_agent(concat!("quickpay/", env!("CARGO_PKG_VERSION")))
            .tls_backend_preconfigured(trust::tls(options)?)
            .https_only(options.endpoint.is_encrypted())
            .http1_only()
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .retry(reqwest::retry::never())
            .no_proxy()
            .no_gzip()
            .no_brotli()
            .no_deflate()
            .no_zstd()
            .pool_max_idle_per_host(0)
            .connect_timeout(options.connect_timeout)
            .build()
            .map_err(ClientError::Http)?;
        Ok(Line { http, key: options.key.clone() })
    }

    pub(crate) fn get(&self, url: Url) -> reqwest::Result<Request> {
        self.request(Method::GET, url).build()
    }

    /// A request that changes something, under a key by which the gateway may know it again.
    pub(crate) fn post(
        &self,
        url: Url,
        idempotency_key: &str,
        body: impl Into<reqwest::Body>,
    ) -> reqwest::Result<Request> {
        self.request(Method::POST, url).header("Idempotency-Key", idempotency_key).body(body).build()
    }

    fn request(&self, method: Method, url: Url) -> reqwest::RequestBuilder {
        let json = HeaderValue::from_static("application/json");
        self.http
            .request(method, url)
            .basic_auth(self.key.reveal(), None::<&str>)
            .header(ACCEPT, json.clone())
            .header(CONTENT_TYPE, json)
    }

    /// Sends a request once and reads at most `max_bytes` of the answer's body.
    pub(crate) async fn exchange(&self, request: Request, max_bytes: usize) -> Exchange {
        let response = match self.http.execute(request).await {
            Ok(response) => response,
            Err(error) if error.is_connect() => return Exchange::NotSent(Fault::behind(&error)),
            Err(_) => return Exchange::Broken,
        };
        let headers = response.headers();
        let oversized = headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum::<usize>()
            > MAX_HEADER_BYTES;
        let (http, retry_after) = (response.status(), retry_after(headers));
        let request_id = request_id(headers);
        let body = if oversized { Body::TooLong } else { read(response, max_bytes).await };
        Exchange::Replied(Reply { http, retry_after, request_id, body })
    }
}

async fn read(mut response: Response, max_bytes: usize) -> Body {
    let mut bytes = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if bytes.len() + chunk.len() <= max_bytes => bytes.extend_from_slice(&chunk),
            Ok(Some(_)) => return Body::TooLong,
            Ok(None) => return Body::Whole(bytes),
            Err(_) => return Body::CutOff,
        }
    }
}

/// Whole seconds; a date would need a clock that is right, and is ignored.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).min(MAX_RETRY_AFTER))
}

/// Whatever the gateway calls its request id.
fn request_id(headers: &HeaderMap) -> Option<String> {
    let (_, value) = headers.iter().find(|(name, _)| name.as_str().contains("request-id"))?;
    Some(redaction::cut(&redaction::clean(value.to_str().ok()?), 128).to_owned())
}
