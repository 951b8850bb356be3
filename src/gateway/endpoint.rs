//! Where the gateway is: a host that may be talked to, and which keys may go there.
//!
//! Invariant: an [`Endpoint`] that exists is https, or http on a loopback address, and its host is on the allow-list.
//! Deliberately absent: name resolution, certificates (see `trust.rs`), and the paths below `/v1`.

use std::net::IpAddr;

use quickpay_core::answer::Mode;
use reqwest::Url;
use thiserror::Error;

/// WooshPay's host for real money (wire contract, section 1).
const LIVE_HOST: &str = "api.wooshpay.com";
/// WooshPay's host for test money (wire contract, section 1).
const TEST_HOST: &str = "apitest.wooshpay.com";

/// The gateway's base address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    base: Url,
    site: Site,
}

/// Whose host it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Site {
    /// WooshPay, real money.
    Live,
    /// WooshPay, test money.
    Test,
    /// This machine: the sandbox.
    Loopback,
    /// A host that the configuration allowed by name.
    Allowed,
}

/// Why a text is not the address of a gateway, or not the one for this key.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EndpointError {
    /// Not an address at all. It is not repeated: it may be a key in the wrong place.
    #[error("this is not a web address; write it like https://{TEST_HOST}")]
    NotAnAddress,
    /// `ftp:` and such.
    #[error("the gateway is reached by https, not by {scheme}; write it like https://{TEST_HOST}")]
    Scheme {
        /// What was written.
        scheme: String,
    },
    /// `user:password@`.
    #[error("the address holds a user or password; leave it out, the key has its own place")]
    Credentials,
    /// Something behind the host.
    #[error("the address goes on after the host; write the host alone, /v1 and the rest are added here")]
    Path,
    /// `http:` to another machine.
    #[error("http to {host} would send the key in the clear; use https, http is for loopback addresses only")]
    PlainText {
        /// Where to.
        host: String,
    },
    /// A host that nobody allowed.
    #[error("{host} is not a known gateway; use {TEST_HOST} (test), {LIVE_HOST} (live), or allow it by name")]
    UnknownHost {
        /// Which.
        host: String,
    },
    /// A live key with the test host.
    #[error("a live key (sk_live_) does not belong to the test host {TEST_HOST}; use https://{LIVE_HOST}")]
    LiveKeyAtTestHost,
    /// A test key with the live host.
    #[error("a test key (sk_test_) does not belong to the live host {LIVE_HOST}; use https://{TEST_HOST}")]
    TestKeyAtLiveHost,
    /// A live key with the sandbox.
    #[error("a live key (sk_live_) must not go to a loopback address; use a test key there")]
    LiveKeyAtLoopback,
}

impl Endpoint {
    /// Reads a base address such as `https://apitest.wooshpay.com` or `http://127.0.0.1:8650`.
    ///
    /// # Errors
    /// [`EndpointError`] says what is wrong and what would be right.
    pub fn parse(base_url: &str) -> Result<Endpoint, EndpointError> {
        Endpoint::parse_allowing(base_url, &[])
    }

    /// The same, with further host names that the configuration allows; they take keys of either mode, by https.
    ///
    /// # Errors
    /// [`EndpointError`] says what is wrong and what would be right.
    pub fn parse_allowing(base_url: &str, allow_hosts: &[String]) -> Result<Endpoint, EndpointError> {
        let base = Url::parse(base_url.trim()).map_err(|_| EndpointError::NotAnAddress)?;
        let encrypted = match base.scheme() {
            "https" => true,
            "http" => false,
            other => return Err(EndpointError::Scheme { scheme: other.to_owned() }),
        };
        if !base.username().is_empty() || base.password().is_some() {
            return Err(EndpointError::Credentials);
        }
        if base.path() != "/" || base.query().is_some() || base.fragment().is_some() {
            return Err(EndpointError::Path);
        }
        let host = base.host_str().ok_or(EndpointError::NotAnAddress)?;
        let site =
            site_of(host, allow_hosts).ok_or_else(|| EndpointError::UnknownHost { host: host.to_owned() })?;
        if !encrypted && site != Site::Loopback {
            return Err(EndpointError::PlainText { host: host.to_owned() });
        }
        Ok(Endpoint { base, site })
    }

    /// Whether the gateway is on this machine: the sandbox, where timers may be short.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.site == Site::Loopback
    }

    /// The address, for the log and the health page.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.base.as_str()
    }

    /// Whether a key of this mode may be sent there.
    ///
    /// # Errors
    /// [`EndpointError`] names the key and the host that do not belong together.
    pub fn admit(&self, key: Mode) -> Result<(), EndpointError> {
        match (self.site, key) {
            (Site::Live, Mode::Live) | (Site::Test | Site::Loopback, Mode::Test) => Ok(()),
            (Site::Allowed, Mode::Live | Mode::Test) => Ok(()),
            (Site::Live, Mode::Test) => Err(EndpointError::TestKeyAtLiveHost),
            (Site::Test, Mode::Live) => Err(EndpointError::LiveKeyAtTestHost),
            (Site::Loopback, Mode::Live) => Err(EndpointError::LiveKeyAtLoopback),
        }
    }

    /// Whether what goes there is encrypted.
    pub(crate) fn is_encrypted(&self) -> bool {
        self.base.scheme() == "https"
    }

    /// The address of a resource below `/v1`; every segment is escaped.
    pub(crate) fn resource(&self, segments: &[&str]) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.clear().push("v1").extend(segments);
        }
        url
    }
}

fn site_of(host: &str, allow_hosts: &[String]) -> Option<Site> {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let loopback = bare == "localhost" || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    match host {
        LIVE_HOST => Some(Site::Live),
        TEST_HOST => Some(Site::Test),
        _ if loopback => Some(Site::Loopback),
        _ if allow_hosts.iter().any(|allowed| allowed.eq_ignore_ascii_case(host)) => Some(Site::Allowed),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn why(text: &str) -> EndpointError {
        Endpoint::parse(text).map(|_| ()).unwrap_err()
    }

    #[test]
    fn the_known_hosts_are_taken_by_https_and_loopback_by_http_too() {
        for text in [
            "https://api.wooshpay.com",
            "https://APITEST.wooshpay.com/",
            "http://127.0.0.1:8650",
            "http://127.9.8.7",
            "http://[::1]:8650",
            "http://localhost:8650",
            "https://localhost",
        ] {
            assert!(Endpoint::parse(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn every_other_address_is_refused_with_the_reason() {
        assert_eq!(why("sk_test_oops"), EndpointError::NotAnAddress);
        assert_eq!(why("ftp://api.wooshpay.com"), EndpointError::Scheme { scheme: "ftp".to_owned() });
        assert_eq!(why("https://me:secret@api.wooshpay.com"), EndpointError::Credentials);
        assert_eq!(why("https://api.wooshpay.com/v1"), EndpointError::Path);
        assert_eq!(why("https://api.wooshpay.com?a=b"), EndpointError::Path);
        let host = |host: &str| EndpointError::UnknownHost { host: host.to_owned() };
        assert_eq!(why("http://api.wooshpay.com.evil.example"), host("api.wooshpay.com.evil.example"));
        assert_eq!(why("https://api.wooshpay.com."), host("api.wooshpay.com."));
        assert_eq!(why("https://10.0.0.1"), host("10.0.0.1"));
        assert_eq!(why("https://localhost.example"), host("localhost.example"));
        let plain = EndpointError::PlainText { host: "api.wooshpay.com".to_owned() };
        assert_eq!(why("http://api.wooshpay.com"), plain);
    }

    #[test]
    fn a_host_is_allowed_by_its_full_name_only() {
        let allowed = ["relay.example".to_owned()];
        assert!(Endpoint::parse_allowing("https://relay.example", &allowed).is_ok());
        assert!(Endpoint::parse_allowing("https://a.relay.example", &allowed).is_err());
        assert!(Endpoint::parse_allowing("http://relay.example", &allowed).is_err());
    }

    #[test]
    fn a_key_of_the_other_mode_is_refused_with_words() {
        let admit = |text: &str, mode| Endpoint::parse(text).unwrap().admit(mode);
        assert_eq!(admit("https://api.wooshpay.com", Mode::Live), Ok(()));
        assert_eq!(admit("https://api.wooshpay.com", Mode::Test), Err(EndpointError::TestKeyAtLiveHost));
        assert_eq!(admit("https://apitest.wooshpay.com", Mode::Live), Err(EndpointError::LiveKeyAtTestHost));
        assert_eq!(admit("http://127.0.0.1:1", Mode::Live), Err(EndpointError::LiveKeyAtLoopback));
        assert_eq!(admit("http://127.0.0.1:1", Mode::Test), Ok(()));
        assert!(EndpointError::LiveKeyAtTestHost.to_string().contains("https://api.wooshpay.com"));
    }

    #[test]
    fn a_segment_cannot_leave_its_place() {
        let endpoint = Endpoint::parse("https://api.wooshpay.com").unwrap();
        let url = endpoint.resource(&["payment_intents", "a/../b?c", "cancel"]);
        assert_eq!(url.path(), "/v1/payment_intents/a%2F..%2Fb%3Fc/cancel");
    }
}
