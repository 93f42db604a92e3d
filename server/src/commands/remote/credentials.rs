//! What `callboard login` keeps: a file that only its owner may read.

use std::{
    env,
    fs::{self, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use url::Url;

/// Rights of the group and of others.
const OTHERS: u32 = 0o077;

/// A portal, and the token to ask it with.
pub(super) struct Credentials {
    pub(super) server: Url,
    pub(super) token: SecretString,
}

impl Credentials {
    /// What was kept, if something was.
    ///
    /// # Errors
    /// If others can read the file, or it is not one of ours.
    pub(super) fn load() -> anyhow::Result<Option<Self>> {
        let Some(path) = path() else { return Ok(None) };
        let name = path.display();
        let mode = match fs::metadata(&path) {
            Ok(metadata) => metadata.permissions().mode(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error).with_context(|| format!("can not read `{name}`")),
        };
        if mode & OTHERS != 0 {
            bail!(
                "`{name}` holds a token, and others on this machine can read it; run `chmod 600 {name}`, and revoke the token if they may have"
            );
        }
        let text = fs::read_to_string(&path).with_context(|| format!("can not read `{name}`"))?;
        let json: Value = serde_json::from_str(&text).unwrap_or_default();
        let (Some(server), Some(token)) = (json["server"].as_str(), json["token"].as_str()) else {
            bail!("`{name}` is not what `callboard login` writes; run it again");
        };
        let server = server.parse().with_context(|| format!("`server` in `{name}` is no address"))?;
        Ok(Some(Self { server, token: token.into() }))
    }

    /// Keeps them in the place of what was kept; says where.
    ///
    /// # Errors
    /// If the file can't be written.
    pub(super) fn save(&self) -> anyhow::Result<PathBuf> {
        let path = path()
            .context("neither XDG_CONFIG_HOME nor HOME says where to keep the token; set CALLBOARD_TOKEN instead")?;
        let json = json!({ "server": self.server, "token": self.token.expose_secret() });
        write(&path, &json.to_string()).with_context(|| format!("can not write `{}`", path.display()))?;
        Ok(path)
    }

    /// Forgets what was kept; says whether something was.
    ///
    /// # Errors
    /// If the file can't be removed.
    pub(super) fn forget() -> anyhow::Result<bool> {
        let Some(path) = path() else { return Ok(false) };
        match fs::remove_file(&path) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error).with_context(|| format!("can not remove `{}`", path.display())),
        }
    }
}

fn path() -> Option<PathBuf> {
    let folder = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let config = folder("XDG_CONFIG_HOME").or_else(|| folder("HOME").map(|home| home.join(".config")))?;
    Some(config.join("callboard").join("credentials.json"))
}

/// Whole or not at all, and never readable by others, not even for a moment.
fn write(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let partial = path.with_extension("partial");
    match fs::remove_file(&partial) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&partial)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&partial, path)
}
