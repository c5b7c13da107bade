//! The fields that a mapping may name.

use super::code_enum;

code_enum!(
    /// What the rows of a source are about.
    Subject, "records" {
        /// One row is one company.
        Organisations = "organisations",
        /// One row is one offer or request, with the company beside it.
        Flows = "flows",
        /// One row is one followed synergy.
        Synergies = "synergies",
    }
);

code_enum!(
    /// A field of the data model, as written in a mapping.
    Field, "field" {
        OrganisationId = "org_id",
        Name = "nom",
        EnterpriseNumber = "neq",
        Contact = "contact",
        Email = "courriel",
        Telephone = "telephone",
        Address = "adresse",
        Park = "parc",
        Latitude = "lat",
        Longitude = "lon",
        Sector = "scian",
        Workforce = "effectif",
        Group = "groupe",
        FlowId = "flux_id",
        Direction = "sens",
        FlowType = "type",
        Category = "categorie",
        Material = "matiere",
        Description = "description",
        Quantity = "quantite",
        QuantityLeast = "quantite_min",
        QuantityMost = "quantite_max",
        Unit = "unite",
        Frequency = "frequence",
        State = "etat",
        Hazardous = "dangereux",
        Destination = "destination_actuelle",
        CurrentCost = "cout_actuel",
        Price = "prix",
        AvailableFrom = "disponible_du",
        AvailableTo = "disponible_au",
        Confidentiality = "confidentialite",
        EnteredOn = "saisi_le",
        SynergyId = "synergie_id",
        Supplier = "fournisseur",
        Receiver = "receveur",
        Status = "statut",
        StatusDate = "date_statut",
        Recurrence = "recurrence",
        Distance = "distance_km",
        Investment = "cout",
        Revenue = "revenu",
        Jobs = "emplois",
        Attribution = "attribution",
        Strategy = "strategie",
        AbandonReason = "raison_abandon",
        Note = "note",
        Conditions = "conditions",
        Consent = "consentement",
    }
);

impl Field {
    /// Whether a release without this column would be wrong, and not only poorer.
    #[must_use]
    pub const fn is_vital(self) -> bool {
        self.is_quantity()
            || matches!(self, Self::Group | Self::Direction | Self::Supplier | Self::Receiver | Self::Status)
    }

    /// Whether its cells are how much flows, or an end of it.
    #[must_use]
    pub const fn is_quantity(self) -> bool {
        matches!(self, Self::Quantity | Self::QuantityLeast | Self::QuantityMost)
    }

    /// Whether totals change when this column is lost, though other sources may do without it.
    #[must_use]
    pub const fn moves_totals(self) -> bool {
        self.is_vital() || matches!(self, Self::Unit | Self::Frequency | Self::Park)
    }

    /// Whether it says who, what or how much: rows without any of these are a list of choices or a legend.
    #[must_use]
    pub const fn is_of_entries(self) -> bool {
        matches!(
            self,
            Self::Name
                | Self::EnterpriseNumber
                | Self::Description
                | Self::Quantity
                | Self::QuantityLeast
                | Self::QuantityMost
                | Self::Supplier
                | Self::Receiver
                | Self::OrganisationId
                | Self::FlowId
                | Self::SynergyId
        )
    }

    /// Whether its cells are amounts, of which the heading may give the unit or the frequency.
    #[must_use]
    pub const fn has_unit(self) -> bool {
        matches!(
            self,
            Self::Quantity
                | Self::QuantityLeast
                | Self::QuantityMost
                | Self::Unit
                | Self::CurrentCost
                | Self::Price
                | Self::Distance
                | Self::Investment
                | Self::Revenue
                | Self::Jobs
        )
    }

    /// Whether a cell that is merged over several rows says the same of each of them: amounts are those
    /// of all rows together, and an identity is that of one.
    #[must_use]
    pub const fn is_shared_by_merging(self) -> bool {
        !matches!(
            self,
            Self::Quantity
                | Self::QuantityLeast
                | Self::QuantityMost
                | Self::CurrentCost
                | Self::Price
                | Self::Investment
                | Self::Revenue
                | Self::Jobs
                | Self::FlowId
                | Self::SynergyId
        )
    }

    /// Fields whose text names or reaches somebody, or is free text: no log, page or table.
    #[must_use]
    pub const fn is_confidential(self) -> bool {
        matches!(
            self,
            Self::OrganisationId
                | Self::Name
                | Self::EnterpriseNumber
                | Self::Contact
                | Self::Email
                | Self::Telephone
                | Self::Address
                | Self::Latitude
                | Self::Longitude
                | Self::Group
                | Self::FlowId
                | Self::Description
                | Self::SynergyId
                | Self::Supplier
                | Self::Receiver
                | Self::AbandonReason
                | Self::Note
                | Self::Conditions
        )
    }
}
