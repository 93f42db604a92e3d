//! Locations that were registered while the server runs.

use std::time::{SystemTime, UNIX_EPOCH};

use uuid::Uuid;

use super::{CatalogStore, StoreError};

/// A registered location.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisteredLocation {
    /// Made when it was registered.
    pub id: String,
    /// For example `url`.
    pub location_type: String,
    /// For example a URL.
    pub target: String,
}

type Row = (String, String, String);

fn registered((id, location_type, target): Row) -> RegisteredLocation {
    RegisteredLocation { id, location_type, target }
}

impl CatalogStore {
    /// All registered locations, the oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn locations(&self) -> Result<Vec<RegisteredLocation>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as("SELECT id, type, target FROM catalog_locations ORDER BY created_at, id")
            .fetch_all(self.database.reader())
            .await
            .map_err(|cause| self.database.failed(cause))?;
        Ok(rows.into_iter().map(registered).collect())
    }

    /// Registers a location; `None` if it already is. Other processes are told by the change counter.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing was written.
    pub async fn add_location(
        &self,
        location_type: &str,
        target: &str,
    ) -> Result<Option<RegisteredLocation>, StoreError> {
        let id = Uuid::now_v7().to_string();
        let created_at = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_micros();
        let written = self
            .change_location(
                "INSERT INTO catalog_locations (id, type, target, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
                &[&id, location_type, target],
                Some(i64::try_from(created_at).unwrap_or(i64::MAX)),
            )
            .await?;
        Ok((written > 0).then(|| registered((id, location_type.to_owned(), target.to_owned()))))
    }

    /// Gives a registered location another target; false where there is none of this id.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing was written.
    pub async fn update_location(&self, id: &str, location_type: &str, target: &str) -> Result<bool, StoreError> {
        let text = "UPDATE catalog_locations SET type = $2, target = $3 WHERE id = $1";
        Ok(self.change_location(text, &[id, location_type, target], None).await? > 0)
    }

    /// Unregisters a location; false where there is none of this id.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing was written.
    pub async fn remove_location(&self, id: &str) -> Result<bool, StoreError> {
        Ok(self.change_location("DELETE FROM catalog_locations WHERE id = $1", &[id], None).await? > 0)
    }

    /// Asks the process that reads the sources to read some locations again.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn request_refresh(&self, locations: &[String]) -> Result<(), StoreError> {
        if locations.is_empty() {
            return Ok(());
        }
        let mut transaction = self.database.begin_write().await?;
        // So that the other process looks.
        transaction.next_revision().await?;
        for location in locations {
            sqlx::query("INSERT INTO catalog_refresh_requests (location) VALUES ($1) ON CONFLICT DO NOTHING")
                .bind(location)
                .execute(&mut *transaction.connection())
                .await
                .map_err(|cause| self.database.failed(cause))?;
        }
        Ok(transaction.commit().await?)
    }

    /// What other processes were asked to have read again; each is told once.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn take_refresh_requests(&self) -> Result<Vec<String>, StoreError> {
        let mut transaction = self.database.begin_write().await?;
        let taken = sqlx::query_scalar("DELETE FROM catalog_refresh_requests RETURNING location")
            .fetch_all(&mut *transaction.connection())
            .await
            .map_err(|cause| self.database.failed(cause))?;
        transaction.commit().await?;
        Ok(taken)
    }

    pub(super) async fn change_location(
        &self,
        text: &'static str,
        values: &[&str],
        last: Option<i64>,
    ) -> Result<u64, StoreError> {
        let mut transaction = self.database.begin_write().await?;
        transaction.next_revision().await?;
        let mut query = sqlx::query(text);
        for value in values {
            query = query.bind(*value);
        }
        if let Some(last) = last {
            query = query.bind(last);
        }
        let done = query.execute(&mut *transaction.connection()).await.map_err(|cause| self.database.failed(cause))?;
        transaction.commit().await?;
        Ok(done.rows_affected())
    }
}
