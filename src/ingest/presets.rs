//! Platforms whose address, paging and signing are known: a preset fills in the settings of any
//! other platform, and does nothing of its own.

use super::IngestError;
use super::address::whole;
use crate::config::{Authentication, Http, Paging, Platform, Source};
use reqwest::Url;
use std::borrow::Cow;

/// The source with its platform as `http` and `pointer`.
pub(super) fn filled(source: &Source) -> Result<Cow<'_, Source>, IngestError> {
    let Some(platform) = &source.platform else { return Ok(Cow::Borrowed(source)) };
    let wrong = |key: &str| {
        let help = "write it whole, for example `https://www.donneesquebec.ca/recherche`";
        IngestError::settings(&source.name, format!("`{key}` of `platform` is not an address"), help)
    };
    let at = |key: &str, site: &str, path: &[&str]| address(site, path).ok_or_else(|| wrong(key));
    let api_key = |key_env: &Option<String>| {
        let key_env = key_env.clone()?;
        Some(Authentication::ApiKey { header: "Authorization".to_owned(), key_env })
    };
    let mut pointer = None;
    let filled = match platform {
        // CKAN API guide, `datastore_search`: at most 32,000 records a page; sorted, or a record may
        // stand on two pages.
        Platform::CkanDatastore { site, resource, page, token_env } => {
            let mut url = at("site", site, &["api", "3", "action", "datastore_search"])?;
            url.query_pairs_mut().append_pair("resource_id", resource).append_pair("sort", "_id");
            pointer = Some("/result/records".to_owned());
            Http {
                authentication: api_key(token_env),
                paging: Some(Paging::Offset {
                    parameter: "offset".to_owned(),
                    limit_parameter: "limit".to_owned(),
                    limit: *page,
                }),
                count_pointer: Some("/result/total".to_owned()),
                ..Http::new(url)
            }
        }
        Platform::CkanResource { site, dataset, resource, token_env } => {
            let path = ["dataset", dataset, "resource", resource, "download"];
            Http { authentication: api_key(token_env), ..Http::new(at("site", site, &path)?) }
        }
        // Explore API 2.1: exports have no limit on records, unlike `records`.
        Platform::OpendatasoftExport { site, dataset, key_env } => {
            let path = ["api", "explore", "v2.1", "catalog", "datasets", dataset, "exports", "json"];
            let authentication = key_env
                .clone()
                .map(|key_env| Authentication::ApiKeyQuery { parameter: "apikey".to_owned(), key_env });
            Http { authentication, ..Http::new(at("site", site, &path)?) }
        }
        // Microsoft Graph 1.0, `driveItem: /content`: it redirects to an address that is signed
        // already, on a host of SharePoint.
        Platform::MicrosoftGraph {
            tenant,
            client_id,
            client_secret_env,
            drive,
            path,
            site,
            login,
            download_hosts,
        } => {
            let item = format!("{}:", path.trim_matches('/'));
            let mut segments = vec!["v1.0", "drives", drive, "root:"];
            segments.extend(item.split('/'));
            segments.push("content");
            let token_url = at("login", login, &[tenant, "oauth2", "v2.0", "token"])?;
            let scope = at("site", site, &[".default"])?;
            Http {
                authentication: Some(Authentication::ClientCredentials {
                    token_url: token_url.into(),
                    client_id: client_id.clone(),
                    client_secret_env: client_secret_env.clone(),
                    scope: Some(scope.into()),
                }),
                download_hosts: download_hosts.clone(),
                ..Http::new(at("site", site, &segments)?)
            }
        }
    };
    let mut source = source.clone();
    // What is declared beside a preset wins over it.
    source.pointer = source.pointer.or(pointer);
    source.http = Some(filled);
    Ok(Cow::Owned(source))
}

/// An address below a site; every segment is escaped.
fn address(site: &str, path: &[&str]) -> Option<Url> {
    let mut url = whole(site)?;
    url.path_segments_mut().ok()?.pop_if_empty().extend(path);
    Some(url)
}

#[cfg(test)]
mod tests {
    use super::filled;
    use crate::ingest::trial::source;

    fn url(platform: &str) -> String {
        filled(&source(&format!("[platform]\n{platform}"))).unwrap().http.as_ref().unwrap().url.clone()
    }

    #[test]
    fn presets_know_the_addresses_of_their_platforms() {
        assert_eq!(
            url("kind = \"ckan_datastore\"\nsite = \"https://h/recherche/\"\nresource = \"a b\""),
            "https://h/recherche/api/3/action/datastore_search?resource_id=a+b&sort=_id"
        );
        assert_eq!(
            url("kind = \"ckan_resource\"\nsite = \"https://h\"\ndataset = \"d\"\nresource = \"r\""),
            "https://h/dataset/d/resource/r/download"
        );
        assert_eq!(
            url("kind = \"opendatasoft_export\"\nsite = \"https://h\"\ndataset = \"d/e\""),
            "https://h/api/explore/v2.1/catalog/datasets/d%2Fe/exports/json"
        );
        assert_eq!(
            url("kind = \"microsoft_graph\"\ntenant = \"t\"\nclient_id = \"c\"\nclient_secret_env = \"S\"\n\
                 drive = \"b!x\"\npath = \"/Visites 2026/flux#1.xlsx\""),
            "https://graph.microsoft.com/v1.0/drives/b!x/root:/Visites%202026/flux%231.xlsx:/content"
        );
    }

    #[test]
    fn a_site_that_is_no_address_is_a_wrong_setting() {
        let keys = "[platform]\nkind = \"opendatasoft_export\"\nsite = \"portail\"\ndataset = \"d\"";
        let error = filled(&source(keys)).map(|_| ()).unwrap_err();
        assert!(error.exit_code() == 78 && error.to_string().contains("`site`"), "{error}");
    }
}
