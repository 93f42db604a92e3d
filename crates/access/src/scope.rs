use std::fmt;

use crate::Action;

/// What a token is good for, at most: its owner's own rights still bound it. Every token may read what its owner may, but for the audit log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Read, and nothing else.
    ReadCatalog,
    /// Register and unregister locations, push entities, have sources read again.
    WriteCatalog,
    /// Create, extend and end environments.
    WriteEnvironments,
    /// Change one's own stars, visits and saved views.
    WritePersonal,
    /// Make further tokens, of no wider scopes, and revoke tokens.
    WriteTokens,
    /// Read who did what.
    ReadAudit,
    /// Sign users in within a frame.
    MintEmbeds,
}

impl Scope {
    /// All of them, in the order of lists.
    pub const ALL: [Self; 7] = [
        Self::ReadCatalog,
        Self::WriteCatalog,
        Self::WriteEnvironments,
        Self::WritePersonal,
        Self::WriteTokens,
        Self::ReadAudit,
        Self::MintEmbeds,
    ];

    /// The name in requests and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ReadCatalog => "catalog:read",
            Self::WriteCatalog => "catalog:write",
            Self::WriteEnvironments => "environments:write",
            Self::WritePersonal => "personal:write",
            Self::WriteTokens => "tokens:write",
            Self::ReadAudit => "audit:read",
            Self::MintEmbeds => "embed:mint",
        }
    }

    /// For people who choose among them.
    pub fn description(self) -> &'static str {
        match self {
            Self::ReadCatalog => "read only",
            Self::WriteCatalog => "register and unregister locations, push entities, read sources again",
            Self::WriteEnvironments => "create, extend and end environments",
            Self::WritePersonal => "change your stars, visits and saved views",
            Self::WriteTokens => "make tokens of no wider scopes, and revoke yours",
            Self::ReadAudit => "read the audit log, if you may",
            Self::MintEmbeds => "sign users in within frames; for programs",
        }
    }

    /// Reads [`Scope::as_str`].
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == text)
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Action {
    /// The scope without which a token may not do it; none for what every token may.
    pub fn scope(self) -> Option<Scope> {
        match self {
            Self::ReadEntities | Self::ValidateEntities | Self::ReadLocations | Self::AnalyzeLocations => None,
            Self::RefreshEntities
            | Self::DeleteEntities
            | Self::CreateLocations
            | Self::DeleteLocations
            | Self::PushEntities => Some(Scope::WriteCatalog),
            Self::ReadAudit => Some(Scope::ReadAudit),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back_to_scopes() {
        for scope in Scope::ALL {
            assert_eq!(Scope::from_text(scope.as_str()), Some(scope));
        }
        for wrong in ["", "catalog", "catalog:", "Catalog:read", "catalog:write ", "*"] {
            assert_eq!(Scope::from_text(wrong), None, "{wrong}");
        }
    }
}
