//! The listening sockets: accept, serve, close when the line refuses, come back when it is up; at most so many
//! connections at a time, and every one ends when the sandbox stops. What is answered is absent: see `service.rs`.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

use crate::gateway::Gateway;
use crate::line::Line;
use crate::service::serve;

/// Connections served at a time, per socket; further ones wait in the kernel.
const CONNECTION_LIMIT: usize = 256;
/// How long a connection may go on after it was told to end.
const GRACE: Duration = Duration::from_millis(500);
const REBIND_PAUSE: Duration = Duration::from_millis(50);

/// Which socket this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Door {
    /// The one tills use; it may close with the line.
    Main,
    /// The one tests use; it never closes.
    Control,
}

/// Accepts on one socket until `stop`.
pub(crate) async fn accept(
    gateway: Arc<Gateway>,
    listener: TcpListener,
    address: SocketAddr,
    door: Door,
    mut stop: watch::Receiver<()>,
) {
    let closes = door == Door::Main && gateway.closes;
    let mut line = gateway.line.subscribe();
    let mut listener = Some(listener);
    let mut connections = JoinSet::new();
    loop {
        let refuses = closes && line.borrow_and_update().refuses();
        if refuses {
            listener = None;
        } else if listener.is_none() {
            listener = bound_again(address).await;
        }
        if door == Door::Main {
            gateway.listening.send_replace(listener.is_some());
        }
        let told = stop.clone();
        let retry = !refuses && listener.is_none();
        tokio::select! {
            _ = stop.changed() => break,
            _ = line.changed() => {}
            () = serve_all(&gateway, listener.as_ref(), &mut connections, closes, &told) => {}
            () = tokio::time::sleep(REBIND_PAUSE), if retry => {}
        }
        while connections.try_join_next().is_some() {}
    }
    drop(listener);
    let ended = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(GRACE * 2, ended).await.is_err() {
        connections.shutdown().await;
    }
}

async fn bound_again(address: SocketAddr) -> Option<TcpListener> {
    match TcpListener::bind(address).await {
        Ok(listener) => Some(listener),
        Err(error) => {
            tracing::warn!(%address, %error, "cannot listen again yet");
            None
        }
    }
}

/// Accepts until the caller drops this.
async fn serve_all(
    gateway: &Arc<Gateway>,
    listener: Option<&TcpListener>,
    connections: &mut JoinSet<()>,
    closes: bool,
    stop: &watch::Receiver<()>,
) {
    let Some(listener) = listener else { return std::future::pending().await };
    let room = Arc::new(Semaphore::new(CONNECTION_LIMIT.saturating_sub(connections.len()).max(1)));
    loop {
        let Ok(permit) = Arc::clone(&room).acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, peer)) => {
                let gateway = Arc::clone(gateway);
                let stop = stop.clone();
                connections.spawn(async move {
                    one(gateway, stream, peer, closes, stop).await;
                    drop(permit);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "cannot accept");
                tokio::time::sleep(REBIND_PAUSE).await;
            }
        }
        while connections.try_join_next().is_some() {}
    }
}

async fn one(
    gateway: Arc<Gateway>,
    stream: TcpStream,
    peer: SocketAddr,
    closes: bool,
    mut stop: watch::Receiver<()>,
) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "no TCP_NODELAY");
    }
    let mut line = gateway.line.subscribe();
    let service = service_fn(move |request| serve(Arc::clone(&gateway), peer, request));
    let connection =
        http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service);
    let mut connection = std::pin::pin!(connection);
    let refuses = |line: &Line| closes && line.refuses();
    let ended = tokio::select! {
        ended = connection.as_mut() => Some(ended),
        _ = stop.changed() => None,
        _ = line.wait_for(refuses) => None,
    };
    let ended = match ended {
        Some(ended) => ended,
        None => {
            connection.as_mut().graceful_shutdown();
            tokio::time::timeout(GRACE, connection).await.unwrap_or(Ok(()))
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "connection ended");
    }
}
