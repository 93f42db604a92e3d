/// A portal is nobody's to index but its company's; its pages may be found, its APIs may not.
const ROBOTS: &str = "User-agent: *\nDisallow: /api/\n";

/// `GET /robots.txt`: what crawlers ask first, signed in or not (RFC 9309).
pub(crate) async fn get_robots() -> &'static str {
    ROBOTS
}
