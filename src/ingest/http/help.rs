//! What to mend, named as the settings of the source name it: a preset has neither `url` nor `paging`.

use crate::config::{Http, Paging, Platform, Source};

/// The repairs of one source.
#[derive(Clone, Copy)]
pub(super) struct Help<'a>(Option<&'a Platform>);

impl<'a> Help<'a> {
    pub(super) const fn new(source: &'a Source) -> Self {
        Self(source.platform.as_ref())
    }

    /// The address leads nowhere.
    pub(super) fn address(self) -> &'static str {
        match self.0 {
            None => "correct `url`",
            Some(Platform::CkanDatastore { .. }) => "correct `site` or `resource` of `platform`",
            Some(Platform::CkanResource { .. }) => "correct `site`, `dataset` or `resource` of `platform`",
            Some(Platform::OpendatasoftExport { .. }) => "correct `site` or `dataset` of `platform`",
            Some(Platform::MicrosoftGraph { .. }) => "correct `drive` or `path` of `platform`",
        }
    }

    /// The signature is refused.
    pub(super) fn signature(self) -> String {
        match self.0.map(Platform::secret) {
            None => "check `authentication` and renew the token or key in the environment".to_owned(),
            Some(Some((key, _))) => {
                format!("check `{key}` of `platform` and renew what it names in the environment")
            }
            Some(None) => {
                "it is not public: name the environment variable of a token or key in `platform`".to_owned()
            }
        }
    }

    /// The endpoint gives no token.
    pub(super) fn token(self) -> &'static str {
        match self.0 {
            None => "check `token_url`, `client_id` and `scope`, and renew the secret in the environment",
            Some(_) => {
                "check `tenant`, `client_id` and `login` of `platform`, and renew the secret in the environment"
            }
        }
    }

    /// A redirect is not followed.
    pub(super) fn redirect(self) -> &'static str {
        match self.0 {
            None => {
                "write the final address in `url`, or declare the host that holds the download in `download_hosts`"
            }
            Some(Platform::MicrosoftGraph { .. }) => {
                "declare the host that holds the file in `download_hosts` of `platform`"
            }
            Some(
                Platform::CkanDatastore { .. }
                | Platform::CkanResource { .. }
                | Platform::OpendatasoftExport { .. },
            ) => "correct `site` of `platform`, or read the address it leads to with `http`",
        }
    }

    /// It is reached encrypted only.
    pub(super) fn encryption(self) -> &'static str {
        match self.0 {
            None => "write `https` in `url`",
            Some(_) => "write `https` in `site` of `platform`",
        }
    }

    /// No attempt came through.
    pub(super) fn network(self) -> &'static str {
        match self.0 {
            None => "check the address and the network, or raise `total_seconds`",
            Some(_) => "check `platform` and the network",
        }
    }

    /// The pages do not follow each other as they should.
    pub(super) fn paging(self, http: &Http) -> &'static str {
        match &http.paging {
            _ if self.0.is_some() => "ask the platform: it does not turn pages as its kind does",
            None => "ask the platform, or set `paging`",
            Some(Paging::Page { .. } | Paging::Offset { .. }) => {
                "it does not know the `parameter` of `paging`: correct it"
            }
            Some(Paging::NextLink { pointer: None }) => {
                "ask the platform: its `Link` header leads back; or choose another `paging`"
            }
            Some(Paging::NextLink { pointer: Some(_) } | Paging::Cursor { .. }) => {
                "correct `pointer` of `paging`, or ask the platform"
            }
        }
    }

    /// There are more pages than are read.
    pub(super) fn pages(self) -> &'static str {
        match self.0 {
            None => "correct `paging`, ask for larger pages, or raise `maximum_pages`",
            Some(_) => "ask for larger pages: `page` of `platform`",
        }
    }

    /// A response is too large.
    pub(super) fn size(self) -> &'static str {
        match self.0 {
            None => "ask for smaller pages, or raise `maximum_bytes`",
            Some(_) => "ask for less, or read its address with `http` and a higher `maximum_bytes`",
        }
    }

    /// No count stands where one should.
    pub(super) fn count_place(self) -> &'static str {
        match self.0 {
            None => "correct `count_pointer`, or leave it out",
            Some(_) => "ask the platform: it does not answer as its kind does",
        }
    }

    /// Another number of records than was announced.
    pub(super) fn count(self) -> &'static str {
        match self.0 {
            None => "correct `paging` (a page may hold fewer records than asked for), or ask the platform",
            Some(_) => "run again, and ask the platform when it stays so",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Help;
    use crate::ingest::trial::source;

    #[test]
    fn presets_are_told_about_their_own_keys_only() {
        for (keys, own) in [
            ("kind = \"ckan_datastore\"\nsite = \"https://h\"\nresource = \"r\"", "`resource`"),
            (
                "kind = \"ckan_resource\"\nsite = \"https://h\"\ndataset = \"d\"\nresource = \"r\"",
                "`dataset`",
            ),
            ("kind = \"opendatasoft_export\"\nsite = \"https://h\"\ndataset = \"d\"", "`dataset`"),
            (
                "kind = \"microsoft_graph\"\ntenant = \"t\"\nclient_id = \"c\"\nclient_secret_env = \"S\"\n\
                 drive = \"d\"\npath = \"p\"",
                "`path`",
            ),
        ] {
            let source = source(&format!("[platform]\n{keys}"));
            let help = Help::new(&source);
            assert!(help.address().contains(own));
            let signature = help.signature();
            let said = [
                help.address(),
                signature.as_str(),
                help.token(),
                help.redirect(),
                help.encryption(),
                help.network(),
            ];
            for text in said {
                assert!(!text.contains("`url`") && !text.contains("`authentication`"), "{text}");
            }
        }
    }
}
