use std::{net::SocketAddr, path::PathBuf, process::ExitCode, time::Duration};

use anyhow::{Context as _, bail};
use server::{
    Shutdown,
    app::{App, AppState},
    config::{AppSection, BaseUrl, Config, Environment, Loaded, Overrides, UnknownKey},
    install_metrics,
    listener::{bind, is_loopback},
    metrics_router, router,
    serve::{Patience, serve as serve_connections},
    telemetry, upkeep_metrics,
};
use tokio::signal::unix::{SignalKind, signal};

/// Names the event stream of the development tool that reloads pages.
const DEV_RELOAD: &str = "CALLBOARD_DEV_RELOAD";

/// Serves until SIGTERM or SIGINT, then stops in order; a second signal ends the process at once.
pub(crate) fn serve(files: &[PathBuf], overrides: &Overrides) -> anyhow::Result<ExitCode> {
    let environment = Environment::of_process();
    let Loaded { config, unused, .. } = Config::load(files, &environment, overrides)?;
    telemetry::install(&config.backend.logger).context("`backend.logger.level` is no filter")?;
    warn_of_unused(&unused);
    if config.backend.metrics.is_enabled() {
        install_metrics()?;
    }
    let dev_reload = environment.get(DEV_RELOAD).map(parse_dev_reload).transpose()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(run(config, dev_reload))?;
    Ok(ExitCode::SUCCESS)
}

async fn run(config: Config, dev_reload: Option<BaseUrl>) -> anyhow::Result<()> {
    let backend = &config.backend;
    let patience =
        Patience { headers: backend.server.headers_timeout, shutdown: backend.lifecycle.server_shutdown_timeout };
    let delay = backend.lifecycle.server_shutdown_delay;
    // Who has to sign in may come from anywhere.
    let allow_remote = backend.allow_remote || !config.auth.lets_guests_in();
    let listener = bind(&backend.listen, allow_remote).await?;
    let metrics_listener = match &backend.metrics.listen {
        Some(listen) => Some(bind(listen, backend.allow_remote).await?),
        None => None,
    };

    let app = App::start(config, dev_reload).await?;
    let state = app.state.clone();
    tokio::spawn(announce(state.clone(), listener.local_addr()?));
    tokio::spawn(upkeep_metrics());
    tokio::spawn(stop_on_signal(state.shutdown.clone(), delay));
    let metrics = async {
        if let Some(listener) = metrics_listener {
            serve_connections(listener, metrics_router(state.clone()), patience, &state.shutdown).await;
        }
    };
    let connections = serve_connections(listener, router(state.clone()), patience, &state.shutdown);
    tokio::join!(connections, metrics);
    app.stop().await;
    tracing::info!("stopped");
    Ok(())
}

async fn stop_on_signal(shutdown: Shutdown, delay: Duration) {
    wait_for_signal().await;
    tracing::info!("stopping");
    shutdown.begin();
    tokio::select! {
        () = tokio::time::sleep(delay) => {}
        () = wait_for_signal() => {}
    }
    shutdown.stop();
    wait_for_signal().await;
    tracing::warn!("stopped by force");
    std::process::exit(1);
}

async fn wait_for_signal() {
    let mut terminate = signal(SignalKind::terminate()).expect("the runtime handles signals");
    let mut interrupt = signal(SignalKind::interrupt()).expect("the runtime handles signals");
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}

/// One warning for all of them: a carried-over `app-config.yaml` has many.
fn warn_of_unused(unused: &[UnknownKey]) {
    if !unused.is_empty() {
        let keys: Vec<_> = unused.iter().map(|key| key.path.as_str()).collect();
        tracing::warn!("keys of the configuration that Callboard does not use: {}", keys.join(", "));
    }
}

fn parse_dev_reload(text: &str) -> anyhow::Result<BaseUrl> {
    let url: BaseUrl = text.parse().map_err(anyhow::Error::msg).context(DEV_RELOAD)?;
    if !url.is_loopback() {
        bail!("{DEV_RELOAD} must be an address of this machine, found `{url}`");
    }
    Ok(url)
}

#[expect(clippy::print_stderr, reason = "the one line that is for the person at the terminal and not for the log")]
async fn announce(state: AppState, address: SocketAddr) {
    state.filled().await;
    let AppSection { title, base_url } = &state.config.app;
    let url = if is_loopback(&address) { format!("http://{address}{}", base_url.path()) } else { base_url.to_string() };
    eprintln!("\n  {title} is at {url}\n");
    tracing::info!(%address, %base_url, "listening");
}
