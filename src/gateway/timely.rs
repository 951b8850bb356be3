//! A body that leaves in time or not at all: the machine may sleep while a connection is being made.
//!
//! Invariant: whether there is time is asked when there is a connection and the body is about to be written; after a no
//! nothing is written, and the head, which waits for the body in the same buffer, goes down with it.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use thiserror::Error;

/// Whether a body was late and so did not leave.
#[derive(Debug, Clone, Default)]
pub(crate) struct Late(Arc<AtomicBool>);

impl Late {
    pub(crate) fn happened(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// These bytes, if `in_time` says yes when they are about to be written.
pub(crate) fn body(
    bytes: Bytes,
    in_time: impl Fn() -> bool + Send + Sync + 'static,
    late: &Late,
) -> reqwest::Body {
    reqwest::Body::wrap(Timely { bytes: Some(bytes), in_time: Box::new(in_time), late: late.clone() })
}

#[derive(Debug, Error)]
#[error("too late")]
struct TooLate;

struct Timely {
    bytes: Option<Bytes>,
    in_time: Box<dyn Fn() -> bool + Send + Sync>,
    late: Late,
}

impl Body for Timely {
    type Data = Bytes;
    type Error = TooLate;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, TooLate>>> {
        let Some(bytes) = self.bytes.take() else { return Poll::Ready(None) };
        if (self.in_time)() {
            return Poll::Ready(Some(Ok(Frame::data(bytes))));
        }
        self.late.0.store(true, Ordering::Release);
        Poll::Ready(Some(Err(TooLate)))
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(
            self.bytes.as_ref().map_or(0, |bytes| u64::try_from(bytes.len()).unwrap_or(u64::MAX)),
        )
    }
}
