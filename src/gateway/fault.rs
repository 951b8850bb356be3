//! Why nothing was sent, in words that say what to look at.
//!
//! Invariant: reading an error decides nothing; whether a byte left is decided in `line.rs` and `timely.rs`.

use std::error::Error;
use std::fmt;
use std::io;

use rustls::CertificateError;

/// What stood between us and the gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The host's name has no address here.
    Name,
    /// Nobody listens there.
    Refused,
    /// No connection within the limit.
    TooSlow,
    /// The certificate has run out, or this machine's clock is ahead.
    CertificateExpired,
    /// The certificate is not valid yet: nearly always this machine's clock is behind.
    CertificateNotYetValid,
    /// The certificate is another host's.
    CertificateOfAnotherHost,
    /// Nobody we trust signed the certificate.
    CertificateUnknownIssuer,
    /// The certificate is wrong in another way.
    CertificateBad,
    /// The other side does not speak TLS as we do.
    Tls,
    /// Anything else below HTTP.
    Unreachable,
    /// There was a connection, but what had to leave in time was late by then.
    Late,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Fault::Name => "the gateway's name was not found",
            Fault::Refused => "nobody listens at the gateway's address",
            Fault::TooSlow => "no connection within the limit",
            Fault::CertificateExpired => "the gateway's certificate has expired, or this clock is ahead",
            Fault::CertificateNotYetValid => "the gateway's certificate is not valid yet: is this clock set?",
            Fault::CertificateOfAnotherHost => "the certificate is not the gateway's",
            Fault::CertificateUnknownIssuer => "the gateway's certificate is signed by nobody we trust",
            Fault::CertificateBad => "the gateway's certificate is not acceptable",
            Fault::Tls => "no TLS connection could be agreed",
            Fault::Unreachable => "the network does not reach the gateway",
            Fault::Late => "the payment code was too old by the time there was a connection",
        })
    }
}

impl Fault {
    /// The reason behind a connect error: the innermost cause that is known.
    pub(crate) fn behind(error: &reqwest::Error) -> Fault {
        if error.is_dns() {
            return Fault::Name;
        }
        if error.is_timeout() {
            return Fault::TooSlow;
        }
        let mut fault = Fault::Unreachable;
        let mut cause = error.source();
        while let Some(error) = cause {
            fault = named(error).unwrap_or(fault);
            cause = error.source();
        }
        fault
    }
}

fn named(error: &(dyn Error + 'static)) -> Option<Fault> {
    if let Some(tls) = error.downcast_ref::<rustls::Error>() {
        return Some(of_tls(tls));
    }
    let io = error.downcast_ref::<io::Error>()?;
    // An `io::Error` hides its content from `source`, which goes one step further; hyper-rustls nests two of them.
    if let Some(fault) = io.get_ref().and_then(|inner| named(inner)) {
        return Some(fault);
    }
    let kind = io.kind();
    if kind == io::ErrorKind::ConnectionRefused {
        Some(Fault::Refused)
    } else if kind == io::ErrorKind::TimedOut {
        Some(Fault::TooSlow)
    } else if matches!(kind, io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData) {
        Some(Fault::Tls)
    } else {
        None
    }
}

fn of_tls(error: &rustls::Error) -> Fault {
    let rustls::Error::InvalidCertificate(wrong) = error else { return Fault::Tls };
    if matches!(wrong, CertificateError::Expired | CertificateError::ExpiredContext { .. }) {
        Fault::CertificateExpired
    } else if matches!(wrong, CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. }) {
        Fault::CertificateNotYetValid
    } else if matches!(
        wrong,
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. }
    ) {
        Fault::CertificateOfAnotherHost
    } else if matches!(wrong, CertificateError::UnknownIssuer) {
        Fault::CertificateUnknownIssuer
    } else {
        Fault::CertificateBad
    }
}
