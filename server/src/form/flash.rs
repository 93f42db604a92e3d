use model::app::{FlashMessage, Tone};

/// What a form did. It goes to the page that the form leads to in a cookie, and is shown there once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flash {
    /// The settings are kept.
    SettingsSaved,
    /// A source is being read again.
    SourceRead,
    /// All sources are being read again.
    SourcesRead,
    /// The source is none that the catalog knows (any more).
    SourceUnknown,
    /// Locations are registered.
    LocationsRegistered,
    /// The source of an entity is being read again.
    EntityRefreshed,
    /// The entity does not exist (any more).
    EntityUnknown,
    /// A location is unregistered.
    LocationUnregistered,
    /// An entity that nothing led to is deleted.
    EntityDeleted,
    /// Nothing was unregistered, because something else than the page had shown would have gone.
    RemovalChanged,
    /// `catalog.readonly` is set.
    ReadOnly,
    /// Sessions are ended.
    SessionsEnded,
    /// There is no room for one more star.
    StarsFull,
    /// A token is revoked.
    TokenRevoked,
    /// There is a token of this name.
    TokenNameTaken,
    /// A token can't be so: name, scopes or days.
    TokenInvalid,
    /// A list is saved under a name.
    ViewSaved,
    /// A saved view has another name.
    ViewRenamed,
    /// A saved view is removed.
    ViewRemoved,
    /// A view can't be saved so: name or path.
    ViewInvalid,
    /// There is a saved view of this name.
    ViewNameTaken,
    /// There is no room for one more view.
    ViewsFull,
    /// It was not done: whoever asked may not, or the server is stopping.
    Refused,
}

impl Flash {
    /// Name of the cookie.
    pub(crate) const COOKIE: &'static str = "flash";

    const ALL: [Self; 23] = [
        Self::SettingsSaved,
        Self::SourceRead,
        Self::SourcesRead,
        Self::SourceUnknown,
        Self::LocationsRegistered,
        Self::EntityRefreshed,
        Self::EntityUnknown,
        Self::LocationUnregistered,
        Self::EntityDeleted,
        Self::RemovalChanged,
        Self::ReadOnly,
        Self::SessionsEnded,
        Self::StarsFull,
        Self::TokenRevoked,
        Self::TokenNameTaken,
        Self::TokenInvalid,
        Self::ViewSaved,
        Self::ViewRenamed,
        Self::ViewRemoved,
        Self::ViewInvalid,
        Self::ViewNameTaken,
        Self::ViewsFull,
        Self::Refused,
    ];

    /// The value of the cookie.
    pub(crate) fn as_str(self) -> &'static str {
        self.told().0
    }

    /// Reads [`Flash::as_str`].
    pub(crate) fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|flash| flash.as_str() == text)
    }

    /// How it went.
    pub(crate) fn tone(self) -> Tone {
        self.told().1
    }

    /// What the page says of it.
    pub(crate) fn message(self) -> FlashMessage {
        let (_, tone, text) = self.told();
        FlashMessage { tone, text: text.to_owned() }
    }

    fn told(self) -> (&'static str, Tone, &'static str) {
        match self {
            Self::SettingsSaved => ("settings-saved", Tone::Ok, "Your settings are saved."),
            Self::SourceRead => {
                ("source-read", Tone::Ok, "The source is being read again. What changed appears by itself.")
            }
            Self::SourcesRead => {
                ("sources-read", Tone::Ok, "All sources are being read again. What changed appears by itself.")
            }
            Self::SourceUnknown => ("source-unknown", Tone::Warn, "The catalog has no such source any more."),
            Self::LocationsRegistered => {
                ("locations-registered", Tone::Ok, "Registered. What the new sources bring appears by itself.")
            }
            Self::EntityRefreshed => {
                ("entity-refreshed", Tone::Ok, "Its source is being read again. What changed appears by itself.")
            }
            Self::EntityUnknown => ("entity-unknown", Tone::Warn, "The catalog has no such entity any more."),
            Self::LocationUnregistered => {
                ("location-unregistered", Tone::Ok, "Unregistered. What only that location led to is gone.")
            }
            Self::EntityDeleted => ("entity-deleted", Tone::Ok, "Deleted."),
            Self::RemovalChanged => {
                ("removal-changed", Tone::Warn, "Nothing was done, because something else would have gone. Look again.")
            }
            Self::ReadOnly => (
                "read-only",
                Tone::Warn,
                "Nothing is registered or unregistered here, because catalog.readonly is set.",
            ),
            Self::SessionsEnded => ("sessions-ended", Tone::Ok, "Ended. Whoever used it has to sign in again."),
            Self::StarsFull => ("stars-full", Tone::Warn, "There is no room for more stars. Take one away first."),
            Self::TokenRevoked => ("token-revoked", Tone::Ok, "Revoked. Whoever uses it is refused from now on."),
            Self::TokenNameTaken => (
                "token-name-taken",
                Tone::Warn,
                "You have a token of this name. Revoke it first, or take another name.",
            ),
            Self::TokenInvalid => (
                "token-invalid",
                Tone::Warn,
                "A token needs a plain name, at least one scope, and days within the limit.",
            ),
            Self::ViewSaved => ("view-saved", Tone::Ok, "Saved. You find it under Views, and on Home."),
            Self::ViewRenamed => ("view-renamed", Tone::Ok, "Renamed."),
            Self::ViewRemoved => ("view-removed", Tone::Ok, "Removed."),
            Self::ViewInvalid => ("view-invalid", Tone::Warn, "A view needs a name of at most 60 characters."),
            Self::ViewNameTaken => ("view-name-taken", Tone::Warn, "You have a view of this name. Take another name."),
            Self::ViewsFull => ("views-full", Tone::Warn, "There is no room for more views. Remove one first."),
            Self::Refused => ("refused", Tone::Bad, "This was not done. You may not do it, or the server is stopping."),
        }
    }
}
