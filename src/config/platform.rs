//! The shape of `[sources.http]`: a platform, how to sign in and how to turn pages.

use schemars::JsonSchema;
use serde::Deserialize;

/// A platform reached over HTTP. Secrets are names of environment variables, never values.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Http {
    /// Address of the first page.
    pub url: String,
    /// How to sign in.
    pub authentication: Option<Authentication>,
    /// How to turn pages; absent: one page.
    pub paging: Option<Paging>,
    /// Seconds to connect.
    #[serde(default = "default_connect_seconds")]
    pub connect_seconds: u32,
    /// Seconds for one response.
    #[serde(default = "default_total_seconds")]
    pub total_seconds: u32,
    /// Further attempts after the first.
    #[serde(default = "default_retries")]
    pub retries: u32,
    /// Longest Retry-After that is obeyed, in seconds.
    #[serde(default = "default_retry_after_seconds")]
    pub retry_after_seconds: u32,
    /// Most pages of one reading.
    #[serde(default = "default_maximum_pages")]
    pub maximum_pages: u32,
    /// JSON pointer to the number of records of all pages together, for example `/total`: as many must come.
    pub count_pointer: Option<String>,
    /// Largest response, in bytes, once it is unpacked.
    #[serde(default = "default_maximum_bytes")]
    pub maximum_bytes: u64,
    /// Other hosts that the platform may redirect a download to, for example `*.sharepoint.com`; what signs
    /// us in never goes there.
    #[serde(default)]
    pub download_hosts: Vec<String>,
}

impl Http {
    /// One page of an address, without signing in.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            authentication: None,
            paging: None,
            connect_seconds: default_connect_seconds(),
            total_seconds: default_total_seconds(),
            retries: default_retries(),
            retry_after_seconds: default_retry_after_seconds(),
            maximum_pages: default_maximum_pages(),
            count_pointer: None,
            maximum_bytes: default_maximum_bytes(),
            download_hosts: Vec::new(),
        }
    }
}

/// A platform of a known kind: its address, its paging and how it is signed in to are filled in.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Platform {
    /// A table of a CKAN datastore (`datastore_search`).
    CkanDatastore {
        /// Address of the portal, for example `https://www.donneesquebec.ca/recherche`.
        site: String,
        /// Identifier of the resource.
        resource: String,
        /// Records a page, 32,000 at most.
        #[serde(default = "default_page")]
        page: u32,
        /// Environment variable with the token, for what is not public.
        token_env: Option<String>,
    },
    /// A file of a CKAN portal.
    CkanResource {
        /// Address of the portal.
        site: String,
        /// Name or identifier of the dataset.
        dataset: String,
        /// Identifier of the resource.
        resource: String,
        /// Environment variable with the token, for what is not public.
        token_env: Option<String>,
    },
    /// A whole dataset of an Opendatasoft portal, as json (Explore API 2.1).
    OpendatasoftExport {
        /// Address of the portal.
        site: String,
        /// Identifier of the dataset.
        dataset: String,
        /// Environment variable with the key, for what is not public.
        key_env: Option<String>,
    },
    /// A file of `SharePoint` or `OneDrive`, through Microsoft Graph 1.0.
    MicrosoftGraph {
        /// Identifier or domain of the tenant.
        tenant: String,
        /// Identifier of the application; it needs the permission `Files.Read.All`.
        client_id: String,
        /// Environment variable with the secret of the application.
        client_secret_env: String,
        /// Identifier of the drive.
        drive: String,
        /// Path of the file from the root of the drive.
        path: String,
        /// Address of Graph, for national clouds.
        #[serde(default = "default_graph")]
        site: String,
        /// Address that gives tokens, for national clouds.
        #[serde(default = "default_login")]
        login: String,
        /// Hosts that hold the file itself.
        #[serde(default = "default_download_hosts")]
        download_hosts: Vec<String>,
    },
}

impl Platform {
    /// Its address, as the settings have it.
    #[must_use]
    pub fn site(&self) -> &str {
        match self {
            Self::CkanDatastore { site, .. }
            | Self::CkanResource { site, .. }
            | Self::OpendatasoftExport { site, .. }
            | Self::MicrosoftGraph { site, .. } => site,
        }
    }

    /// The key of the settings that names its secret, and the environment variable.
    #[must_use]
    pub fn secret(&self) -> Option<(&'static str, &String)> {
        match self {
            Self::CkanDatastore { token_env, .. } | Self::CkanResource { token_env, .. } => {
                Some(("token_env", token_env.as_ref()?))
            }
            Self::OpendatasoftExport { key_env, .. } => Some(("key_env", key_env.as_ref()?)),
            Self::MicrosoftGraph { client_secret_env, .. } => Some(("client_secret_env", client_secret_env)),
        }
    }
}

const fn default_page() -> u32 {
    5_000
}

fn default_graph() -> String {
    "https://graph.microsoft.com".to_owned()
}

fn default_login() -> String {
    "https://login.microsoftonline.com".to_owned()
}

fn default_download_hosts() -> Vec<String> {
    vec!["*.sharepoint.com".to_owned(), "*.1drv.com".to_owned()]
}

/// How to sign in.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Authentication {
    /// `Authorization: Bearer …`
    Bearer {
        /// Environment variable with the token.
        token_env: String,
    },
    /// `Authorization: Basic …`
    Basic {
        /// User name.
        user: String,
        /// Environment variable with the password.
        password_env: String,
    },
    /// A header of the platform's own.
    ApiKey {
        /// Header name.
        header: String,
        /// Environment variable with the key.
        key_env: String,
    },
    /// A key in the query of every address.
    ApiKeyQuery {
        /// Query key.
        parameter: String,
        /// Environment variable with the key.
        key_env: String,
    },
    /// OAuth 2 client credentials (RFC 6749, section 4.4): a token is asked for first, and again when it has expired.
    ClientCredentials {
        /// Address that gives tokens.
        token_url: String,
        /// Name of the client.
        client_id: String,
        /// Environment variable with the secret of the client.
        client_secret_env: String,
        /// What the token is for, when the platform wants to know.
        scope: Option<String>,
    },
}

/// How to turn pages.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Paging {
    /// The response holds the address of the next page.
    NextLink {
        /// JSON pointer to it, for example `/links/next`; absent: the `Link` header.
        pointer: Option<String>,
    },
    /// The response holds a mark that asks for the next page; absent, null or empty on the last one.
    Cursor {
        /// Query key.
        parameter: String,
        /// JSON pointer to the mark, for example `/meta/next_cursor`.
        pointer: String,
    },
    /// `?page=1`, 2, 3… until a page is empty.
    Page {
        /// Query key.
        parameter: String,
        /// First page.
        #[serde(default = "one")]
        first: u32,
    },
    /// `?offset=0&limit=100`… until a page is empty; the offset grows by the records that came.
    Offset {
        /// Query key of the offset.
        parameter: String,
        /// Query key of the size.
        limit_parameter: String,
        /// Records a page.
        limit: u32,
    },
}

impl Paging {
    /// The JSON pointer into the body by which pages turn.
    #[must_use]
    pub fn pointer(&self) -> Option<&str> {
        match self {
            Self::NextLink { pointer } => pointer.as_deref(),
            Self::Cursor { pointer, .. } => Some(pointer.as_str()),
            Self::Page { .. } | Self::Offset { .. } => None,
        }
    }
}

const fn default_connect_seconds() -> u32 {
    10
}

const fn default_total_seconds() -> u32 {
    60
}

const fn default_retries() -> u32 {
    4
}

const fn default_retry_after_seconds() -> u32 {
    120
}

const fn default_maximum_pages() -> u32 {
    10_000
}

const fn default_maximum_bytes() -> u64 {
    256 * 1024 * 1024
}

const fn one() -> u32 {
    1
}
