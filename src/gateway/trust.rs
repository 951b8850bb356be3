//! Whom we believe to be the gateway: TLS 1.2 and up, the machine's certificate authorities, and those the
//! configuration adds.
//!
//! Invariant: verification is never off.
//! Deliberately absent: pinning of the gateway's own certificate, early data (a payment must not be replayable), client
//! certificates, and a process-wide crypto provider.

use std::sync::Arc;

use rustls::client::WantsClientCert;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, ConfigBuilder, RootCertStore};
use rustls_platform_verifier::Verifier;

use crate::error::ClientError;
use crate::options::ClientOptions;

/// The TLS set-up for these options. Without encryption (loopback) nobody is believed, and no authority is needed.
pub(crate) fn tls(options: &ClientOptions) -> Result<ClientConfig, ClientError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
        .map_err(ClientError::Trust)?;
    let builder: ConfigBuilder<ClientConfig, WantsClientCert> = if options.endpoint.is_encrypted() {
        let extra = authorities(options.extra_authorities.as_bytes())?;
        let verifier = if extra.is_empty() {
            Verifier::new(provider)
        } else {
            Verifier::new_with_extra_roots(extra, provider)
        };
        let verifier = Arc::new(verifier.map_err(ClientError::Trust)?);
        builder.dangerous().with_custom_certificate_verifier(verifier)
    } else {
        builder.with_root_certificates(RootCertStore::empty())
    };
    Ok(builder.with_no_client_auth())
}

fn authorities(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, ClientError> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let found = found.map_err(|_| ClientError::Authority)?;
    if found.is_empty() && !pem.is_empty() { Err(ClientError::Authority) } else { Ok(found) }
}
