//! Templates, addresses, and what every page shares.

use super::text::Language;
use super::{File, PortalError, Site};
use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use serde_json::{Value, json};

/// A page before it is rendered.
pub(super) struct Page {
    /// Path below the folder of the language.
    pub(super) path: String,
    /// Entry of the menu that it belongs to.
    pub(super) section: &'static str,
    /// Template.
    pub(super) template: &'static str,
    /// What the template takes.
    pub(super) context: Value,
}

const TEMPLATES: [(&str, &str); 8] = [
    ("base.html", include_str!("../../templates/base.html")),
    ("parts.html", include_str!("../../templates/parts.html")),
    ("index.html", include_str!("../../templates/index.html")),
    ("charts.html", include_str!("../../templates/charts.html")),
    ("list.html", include_str!("../../templates/list.html")),
    ("dataset.html", include_str!("../../templates/dataset.html")),
    ("indicators.html", include_str!("../../templates/indicators.html")),
    ("prose.html", include_str!("../../templates/prose.html")),
];

/// Path, section, French, English.
const MENU: [(&str, &str, &str, &str); 7] = [
    ("parcs/index.html", "parcs", "Parcs", "Parks"),
    ("categories/index.html", "categories", "Matières", "Materials"),
    ("synergies.html", "synergies", "Synergies", "Synergies"),
    ("indicateurs.html", "indicateurs", "Indicateurs", "Indicators"),
    ("jeux/index.html", "jeux", "Données", "Data"),
    ("methode.html", "methode", "Méthode", "Method"),
    ("confidentialite.html", "confidentialite", "Confidentialité", "Confidentiality"),
];

/// Renders the pages of one language.
pub(super) struct Renderer<'a> {
    environment: Environment<'static>,
    language: Language,
    site: &'a Site,
}

impl<'a> Renderer<'a> {
    pub(super) fn new(language: Language, site: &'a Site) -> Self {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
        environment.set_auto_escape_callback(|_| AutoEscape::Html);
        for (name, source) in TEMPLATES {
            // The templates are compiled in, and every one is rendered by the tests.
            let _parsed = environment.add_template(name, source);
        }
        environment.add_function("t", move |french: String, english: String| match language {
            Language::French => french,
            Language::English => english,
        });
        Self { environment, language, site }
    }

    /// The page's path inside the release, and its bytes.
    pub(super) fn render(&self, page: &Page) -> Result<File, PortalError> {
        let path = format!("{}{}", self.folder(self.language), page.path);
        let up = |path: &str| "../".repeat(path.matches('/').count());
        let root = up(&path);
        let alternates: Vec<Value> = super::languages(self.site)
            .into_iter()
            .map(|language| {
                json!({
                    "language": language.code(),
                    "label": language.label(),
                    "href": format!("{root}{}{}", self.folder(language), page.path),
                })
            })
            .collect();
        let menu = MENU.map(|(path, section, french, english)| {
            json!({ "path": path, "section": section, "label": self.language.pick(french, english) })
        });
        let mut context = json!({
            "language": self.language.code(),
            "root": root,
            "home": up(&page.path),
            "alternates": alternates,
            "menu": menu,
            "section": page.section,
            "site": {
                "title": self.language.pick(&self.site.title.0, &self.site.title.1),
                "description": self.language.pick(&self.site.description.0, &self.site.description.1),
                "synthetic": self.site.synthetic,
                "publisher": self.site.publisher,
                "contact": contact(&self.site.contact),
                "licence": self.site.licence,
                "licence_url": safe_address(&self.site.licence_url),
                "release": self.site.release,
                "date": self.language.date(self.site.as_of),
            },
        });
        if let (Some(all), Some(own)) = (context.as_object_mut(), page.context.as_object()) {
            all.extend(own.clone());
        }
        let failed = |error: minijinja::Error| PortalError { page: path.clone(), cause: error.to_string() };
        let template = self.environment.get_template(page.template).map_err(failed)?;
        let text =
            template.render(minijinja::Value::from(minijinja::value::Serde(&context))).map_err(failed)?;
        // A slash needs no escape between quotes or in text, and addresses read better with it.
        Ok((path, text.replace("&#x2f;", "/").into_bytes()))
    }

    /// The default language lives at the root, the others in a folder of theirs.
    fn folder(&self, language: Language) -> String {
        let default = super::languages(self.site).first().copied();
        if default == Some(language) { String::new() } else { format!("{}/", language.code()) }
    }
}

/// An address as a link: a mailbox becomes `mailto:`.
fn contact(contact: &str) -> String {
    if contact.contains('@') && !contact.contains(':') {
        format!("mailto:{contact}")
    } else {
        safe_address(contact)
    }
}

/// Escaping does not make `javascript:` harmless: only these schemes become links.
fn safe_address(address: &str) -> String {
    let is_safe = ["https://", "http://", "mailto:"].iter().any(|scheme| address.starts_with(scheme));
    if is_safe { address.to_owned() } else { "#".to_owned() }
}

/// The list of all pages for search engines.
pub(super) fn site_map(addresses: &[String]) -> Vec<u8> {
    let urls: String = addresses
        .iter()
        .map(|address| format!("<url><loc>{}</loc></url>\n", super::chart::escape(address)))
        .collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n{urls}</urlset>\n"
    )
    .into_bytes()
}
