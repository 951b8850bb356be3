//! An answer on its way out, or none; a cut answer promises its whole length and breaks off half-way. Deciding which is
//! absent: see `gateway.rs`.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::Response;
use hyper::body::{Body, Bytes, Frame, SizeHint};
use hyper::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use tokio::time::Sleep;

use crate::answer::Answer;
use crate::play::{Delivery, Instead, InsteadBody};

/// How long a cut answer holds back the break, so that its first half is out.
const CUT_AFTER: Duration = Duration::from_millis(20);

/// What leaves the gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Delivered {
    /// These bytes.
    Bytes(Outgoing),
    /// Nothing: the connection is dropped.
    Dropped,
}

/// An answer as bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Outgoing {
    pub(crate) status: u16,
    content_type: &'static str,
    retry_after_s: Option<u64>,
    bytes: Vec<u8>,
    cut: Cut,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cut {
    No,
    HalfWay,
}

/// The connection is dropped.
#[derive(Debug, thiserror::Error)]
#[error("dropped as the script or the line says")]
pub(crate) struct Dropped;

impl Delivered {
    /// An honest answer.
    pub(crate) fn json(answer: &Answer) -> Self {
        Self::Bytes(Outgoing::json(answer))
    }

    /// An answer as its delivery has it.
    pub(crate) fn by(delivery: &Delivery, answer: &Answer) -> Self {
        let mut outgoing = Outgoing::json(answer);
        match delivery {
            Delivery::Whole => {}
            Delivery::DropBefore | Delivery::DropAfter => return Self::Dropped,
            Delivery::Instead(instead) => outgoing = Outgoing::instead(instead),
            Delivery::TruncatedJson => outgoing.bytes.truncate(outgoing.bytes.len() / 2),
            Delivery::CutBody => outgoing.cut = Cut::HalfWay,
        }
        Self::Bytes(outgoing)
    }

    /// As hyper wants it.
    pub(crate) fn into_response(self) -> Result<Response<AnswerBody>, Dropped> {
        let Self::Bytes(outgoing) = self else { return Err(Dropped) };
        let mut response = Response::new(AnswerBody::new(outgoing.bytes, outgoing.cut));
        *response.status_mut() = hyper::StatusCode::from_u16(outgoing.status).unwrap_or_default();
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(outgoing.content_type));
        if let Some(seconds) = outgoing.retry_after_s {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        Ok(response)
    }
}

impl Outgoing {
    fn json(answer: &Answer) -> Self {
        Self {
            status: answer.status,
            content_type: "application/json",
            retry_after_s: None,
            bytes: answer.body.to_string().into_bytes(),
            cut: Cut::No,
        }
    }

    fn instead(instead: &Instead) -> Self {
        let (content_type, bytes) = match &instead.body {
            InsteadBody::Error { code, message } => {
                let kind = if instead.status < 500 { "invalid_request_error" } else { "api_error" };
                let error = serde_json::json!({ "type": kind, "code": code, "message": message });
                ("application/json", serde_json::json!({ "error": error }).to_string().into_bytes())
            }
            InsteadBody::Html => {
                let status = instead.status;
                let page = format!(
                    "<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>"
                );
                ("text/html", page.into_bytes())
            }
            InsteadBody::Empty => ("application/json", Vec::new()),
        };
        let retry_after_s = instead.retry_after_s;
        Self { status: instead.status, content_type, retry_after_s, bytes, cut: Cut::No }
    }
}

/// The body of an answer.
#[derive(Debug)]
pub(crate) struct AnswerBody {
    ready: Option<Bytes>,
    left: u64,
    cut: Option<Pin<Box<Sleep>>>,
}

impl AnswerBody {
    fn new(mut bytes: Vec<u8>, cut: Cut) -> Self {
        let left = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let cut = match cut {
            Cut::No => None,
            Cut::HalfWay => {
                bytes.truncate(bytes.len() / 2);
                Some(Box::pin(tokio::time::sleep(CUT_AFTER)))
            }
        };
        Self { ready: Some(Bytes::from(bytes)).filter(|bytes| !bytes.is_empty()), left, cut }
    }
}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = Dropped;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Dropped>>> {
        if let Some(bytes) = self.ready.take() {
            self.left = self.left.saturating_sub(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
            return Poll::Ready(Some(Ok(Frame::data(bytes))));
        }
        let Some(cut) = self.cut.as_mut() else { return Poll::Ready(None) };
        cut.as_mut().poll(context).map(|()| Some(Err(Dropped)))
    }

    fn is_end_stream(&self) -> bool {
        self.ready.is_none() && self.cut.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
