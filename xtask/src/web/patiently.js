
// A module for which there is no answer is asked for again: the page that somebody pressed for opens when the server is back. Where the server
// has another build there is no such module any more, and only a new document helps.
async function patiently(url) {
    for (;;) {
        const response = await fetch(url).catch(() => undefined);
        if (response?.ok) return response;
        if (response?.status === 404) location.reload();
        await new Promise((resolve) => setTimeout(resolve, 1000));
    }
}
