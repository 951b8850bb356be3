//! Whom the till believes to be the gateway (platform notes, target 13).

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use quickpay_core::answer::Answer;
use quickpay_gateway::{Client, ClientError, EndpointError, SecretKey};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::log::Log;
use crate::till::{in_time, intent, options, sale};

struct Authority {
    pem: String,
    issuer: Issuer<'static, KeyPair>,
}

fn authority(name: &str) -> Authority {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let pem = params.self_signed(&key).unwrap().pem();
    Authority { pem, issuer: Issuer::new(params, key) }
}

/// A gateway with this certificate that answers one request; its address.
fn serve(params: &CertificateParams, authority: &Authority) -> String {
    let key = KeyPair::generate().unwrap();
    let certificate = params.signed_by(&key, &authority.issuer).unwrap();
    let private = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], private)
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let mut tls = StreamOwned::new(ServerConnection::new(Arc::new(config)).unwrap(), stream);
        answer(&mut tls);
    });
    format!("https://localhost:{port}")
}

fn answer(tls: &mut (impl std::io::Read + std::io::Write)) {
    let body = intent("succeeded");
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
    let mut request = [0; 4096];
    if matches!(tls.read(&mut request), Ok(read) if read > 0) {
        tls.write_all(format!("{head}{body}").as_bytes()).unwrap();
        tls.flush().unwrap();
    }
}

async fn pay(url: &str, authority: &Authority) -> (Answer, String) {
    let (log, _guard) = Log::listening();
    let mut options = options(url);
    options.extra_authorities = authority.pem.clone();
    let answer = Client::new(options).unwrap().pay(&sale(), in_time).await;
    (answer, log.text())
}

fn of_localhost() -> CertificateParams {
    CertificateParams::new(vec!["localhost".to_owned()]).unwrap()
}

#[tokio::test]
async fn a_certificate_that_the_configured_authority_signed_is_believed() {
    let authority = authority("ours");
    let (answer, log) = pay(&serve(&of_localhost(), &authority), &authority).await;
    assert!(matches!(answer, Answer::Intent(_)), "{answer:?} {log}");
}

#[tokio::test]
async fn a_wrong_certificate_is_refused_in_its_own_words_before_anything_is_sent() {
    let authority = authority("ours");
    let mut expired = of_localhost();
    (expired.not_before, expired.not_after) = (date_time_ymd(2000, 1, 1), date_time_ymd(2001, 1, 1));
    let mut early = of_localhost();
    (early.not_before, early.not_after) = (date_time_ymd(3000, 1, 1), date_time_ymd(3001, 1, 1));
    let other = CertificateParams::new(vec!["other.example".to_owned()]).unwrap();
    for (params, words) in [
        (expired, "has expired, or this clock is ahead"),
        (early, "is this clock set?"),
        (other, "the certificate is not the gateway's"),
    ] {
        let (answer, log) = pay(&serve(&params, &authority), &authority).await;
        assert_eq!(answer, Answer::NotSent, "{words}");
        assert!(log.contains(words), "{words} in {log}");
    }
}

#[tokio::test]
async fn a_certificate_that_nobody_we_trust_signed_is_refused() {
    let (ours, theirs) = (authority("ours"), authority("theirs"));
    let (answer, log) = pay(&serve(&of_localhost(), &theirs), &ours).await;
    assert_eq!(answer, Answer::NotSent);
    assert!(log.contains("signed by nobody we trust"), "{log}");
}

#[tokio::test]
async fn a_gateway_that_speaks_no_tls_gets_no_request() {
    let server = crate::server::Server::playing(vec![crate::server::raw("HTTP/1.1 200 OK\r\n\r\n")]);
    let (answer, _) = pay(&server.url().replace("http:", "https:"), &authority("ours")).await;
    assert_eq!(answer, Answer::NotSent);
    let old = [21, 3, 2, 0, 2, 2, 70]; // TLS 1.1, fatal alert: protocol version
    let server = crate::server::Server::playing(vec![crate::server::raw(old)]);
    let (answer, _) = pay(&server.url().replace("http:", "https:"), &authority("ours")).await;
    assert_eq!(answer, Answer::NotSent);
}

#[tokio::test]
async fn a_handshake_that_never_ends_is_given_up_with_nothing_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    let (answer, log) = pay(&url, &authority("ours")).await;
    assert_eq!(answer, Answer::NotSent);
    assert!(log.contains("no connection within the limit"), "{log}");
}

#[test]
fn a_file_without_a_certificate_is_refused() {
    let mut options = options("https://localhost:1");
    options.extra_authorities = "not a certificate".to_owned();
    assert!(matches!(Client::new(options), Err(ClientError::Authority)));
}

#[test]
fn a_key_of_the_other_mode_makes_no_client() {
    let mut options = options("http://127.0.0.1:1");
    options.key = SecretKey::parse("sk_live_abc").unwrap();
    let error = Client::new(options).unwrap_err();
    assert!(matches!(error, ClientError::Endpoint(EndpointError::LiveKeyAtLoopback)), "{error}");
}

#[test]
fn a_wait_without_a_sensible_limit_makes_no_client() {
    for limit in [Duration::ZERO, Duration::from_secs(121), Duration::MAX] {
        let mut options = options("http://127.0.0.1:1");
        options.answer_timeout = limit;
        assert!(matches!(Client::new(options), Err(ClientError::Limit { name: "answer_timeout", .. })));
    }
}

#[test]
fn a_blank_reason_for_cancelling_makes_no_client() {
    let mut options = options("http://127.0.0.1:1");
    options.cancellation_reason = " ".to_owned();
    assert!(matches!(Client::new(options), Err(ClientError::NoCancellationReason)));
}
