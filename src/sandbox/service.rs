//! From an HTTP request to the gateway and back, and the line in between; a request that has arrived is carried out
//! even when its sender hangs up. Sockets are absent: see `listener.rs`.

use std::net::SocketAddr;
use std::sync::Arc;

use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::Incoming as Streaming;
use hyper::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use hyper::{HeaderMap, Request, Response};
use serde_json::json;

use crate::answer::Answer;
use crate::delivered::{AnswerBody, Delivered, Dropped};
use crate::gateway::{Gateway, Incoming};
use crate::line::Line;
use crate::refusal::Refusal;

/// Longest body that is read.
const BODY_LIMIT: usize = 64 * 1024;
/// Longest script that is read.
const CONTROL_BODY_LIMIT: usize = 1024 * 1024;

/// Serves one request.
///
/// # Errors
/// `Dropped`, upon which hyper closes the connection without an answer.
pub(crate) async fn serve(
    gateway: Arc<Gateway>,
    peer: SocketAddr,
    request: Request<Streaming>,
) -> Result<Response<AnswerBody>, Dropped> {
    let path = request.uri().path().to_owned();
    if path == "/sandbox" || path.starts_with("/sandbox/") {
        return control(&gateway, peer, request, &path).await;
    }
    let mut line = gateway.line.subscribe();
    if line.borrow().refuses() {
        return Err(Dropped);
    }
    if line.borrow().is_down() {
        // A black hole: never answered; when the line changes the connection is closed.
        return line.changed().await.map_err(|_| Dropped).and(Err(Dropped));
    }
    let incoming = read(request, path).await?;
    let carried_out = tokio::spawn(async move { gateway.exchange(&incoming).await });
    tokio::select! {
        delivered = carried_out => delivered.map_err(|_| Dropped)?.into_response(),
        _ = line.wait_for(Line::is_down) => Err(Dropped),
    }
}

async fn control(
    gateway: &Gateway,
    peer: SocketAddr,
    request: Request<Streaming>,
    path: &str,
) -> Result<Response<AnswerBody>, Dropped> {
    if !peer.ip().to_canonical().is_loopback() {
        let body = json!({ "error": "the /sandbox paths are for this machine only" });
        return Delivered::json(&Answer { status: 403, body }).into_response();
    }
    let method = request.method().as_str().to_owned();
    let answer = match bytes(request.into_body(), CONTROL_BODY_LIMIT).await? {
        Ok(body) => gateway.control(&method, path, &body).await,
        Err(refusal) => Answer::from(&refusal),
    };
    Delivered::json(&answer).into_response()
}

async fn read(request: Request<Streaming>, path: String) -> Result<Incoming, Dropped> {
    let text = |headers: &HeaderMap, name: &str| {
        headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
    };
    let headers = request.headers();
    let mut incoming = Incoming {
        method: request.method().as_str().to_owned(),
        path,
        query: request.uri().query().unwrap_or_default().to_owned(),
        authorization: text(headers, AUTHORIZATION.as_str()),
        content_type: text(headers, CONTENT_TYPE.as_str()),
        accept: text(headers, ACCEPT.as_str()),
        idempotency_key: text(headers, "idempotency-key"),
        body: Ok(Vec::new()),
    };
    incoming.body = bytes(request.into_body(), BODY_LIMIT).await?;
    Ok(incoming)
}

/// The whole body; a sender that breaks off is dropped, one that is too long is told so.
async fn bytes(body: Streaming, limit: usize) -> Result<Result<Vec<u8>, Refusal>, Dropped> {
    match Limited::new(body, limit).collect().await {
        Ok(collected) => Ok(Ok(collected.to_bytes().to_vec())),
        Err(error) if error.is::<LengthLimitError>() => Ok(Err(Refusal::TooLarge)),
        Err(_) => Err(Dropped),
    }
}
