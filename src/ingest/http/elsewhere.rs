//! Downloads that a platform keeps on other hosts: declared in the settings, and asked for
//! without anything that signs us in.

use super::session::client;
use super::transport::Astray;
use crate::config::Http;
use reqwest::header::LOCATION;
use reqwest::redirect::Policy;
use reqwest::{Client, Response, Url};

/// Redirects from one download to another.
const MOST_REDIRECTS: usize = 5;

/// Which addresses may hold a download.
#[derive(Clone)]
pub(super) struct Elsewhere {
    hosts: Vec<String>,
    /// Of the platform's own address: what is encrypted there is encrypted here.
    scheme: String,
}

impl Elsewhere {
    pub(super) fn new(http: &Http, first: &Url) -> Self {
        // Those of addresses come in lower case.
        let hosts = http.download_hosts.iter().map(|host| host.to_lowercase()).collect();
        Self { hosts, scheme: first.scheme().to_owned() }
    }

    /// Whether an address is on a declared host; `*.example.org` is any host below that one.
    pub(super) fn may_hold(&self, url: &Url) -> bool {
        let Some(host) = url.host_str() else { return false };
        let is_declared = self.hosts.iter().any(|declared| match declared.strip_prefix('*') {
            Some(below) => below.starts_with('.') && host.len() > below.len() && host.ends_with(below),
            None => host == declared,
        });
        is_declared && (url.scheme() == "https" || url.scheme() == self.scheme)
    }

    /// With a client that knows no secret.
    pub(super) fn prepared(self, http: &Http) -> reqwest::Result<Downloads> {
        let declared = self.clone();
        let policy = Policy::custom(move |attempt| {
            if attempt.previous().len() > MOST_REDIRECTS {
                attempt.error(Astray::Circle)
            } else if declared.may_hold(attempt.url()) {
                attempt.follow()
            } else {
                attempt.error(Astray::Host)
            }
        });
        Ok(Downloads { client: client(http).redirect(policy).build()?, elsewhere: self })
    }
}

/// Fetches downloads from declared hosts.
pub(super) struct Downloads {
    pub(super) client: Client,
    elsewhere: Elsewhere,
}

impl Downloads {
    /// The address of a download, when a response redirects to one.
    pub(super) fn of(&self, response: &Response) -> Option<Url> {
        if !response.status().is_redirection() {
            return None;
        }
        let location = response.headers().get(LOCATION)?.to_str().ok()?;
        let url = response.url().join(location).ok()?;
        self.elsewhere.may_hold(&url).then_some(url)
    }
}

#[cfg(test)]
mod tests {
    use super::Elsewhere;
    use crate::config::Http;
    use reqwest::Url;

    #[test]
    fn only_declared_hosts_hold_downloads_and_none_without_the_encryption_of_the_platform() {
        let url = |text: &str| Url::parse(text).unwrap();
        let mut http = Http::new("https://graph.example");
        http.download_hosts = vec!["*.sharepoint.example".to_owned(), "Files.Example".to_owned()];
        let elsewhere = Elsewhere::new(&http, &url("https://graph.example/x"));
        for (address, may) in [
            ("https://a.sharepoint.example/x?tempauth=1", true),
            ("https://files.example/x", true),
            ("http://files.example/x", false),
            ("https://sharepoint.example/x", false),
            ("https://evilsharepoint.example/x", false),
            ("https://a.sharepoint.example.evil.example/x", false),
        ] {
            assert_eq!(elsewhere.may_hold(&url(address)), may, "{address}");
        }
    }
}
