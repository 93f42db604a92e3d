//! Addresses of the audit log.

use model::audit::ListAudit;

/// Who did what: answers [`model::audit::AuditList`].
pub fn list_audit(list: &ListAudit) -> String {
    format!("/api/v1/audit?{}", list.to_query())
}
