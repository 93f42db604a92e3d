#!/usr/bin/env bash
# Makes `cargo build --target wasm32-unknown-unknown` possible and prints the cargo to build with.
#
#   1. rustup's toolchain, when it has the target's standard library or can fetch it;
#   2. else Debian's rustc-web packages, unpacked below .tools/wasm (nothing is installed), with the standard
#      library compiled once for the target. For machines behind a network that lets only packages through.
#
# usage: scripts/wasm-toolchain.sh         progress goes to stderr
# WASM_TOOLCHAIN=rustup|debian             takes that way only
set -euo pipefail

target=wasm32-unknown-unknown
root=$(cd "$(dirname "$0")/.." && pwd)
dir=$root/.tools/wasm
way=${WASM_TOOLCHAIN:-}

say() { echo "wasm toolchain: $*" >&2; }

# has_std RUSTC: does this compiler have the standard library of the target?
has_std() {
  local libdir
  libdir=$("$1" --print target-libdir --target "$target" 2>/dev/null) && compgen -G "$libdir/libstd-*.rlib" >/dev/null
}

if [[ $way != debian ]]; then
  # No retries and a time limit: a network that swallows packets must not hold up the build.
  if has_std rustc || { say "adding the target $target with rustup" &&
    RUSTUP_MAX_RETRIES=0 timeout 60 rustup target add "$target" >&2 && has_std rustc; }; then
    echo cargo
    exit
  fi
  [[ $way != rustup ]] || { say "rustup cannot add the target $target"; exit 1; }
  say "rustup cannot add the target $target: taking Debian's compiler"
fi

if [[ -e $dir/complete ]] && has_std "$dir/bin/rustc"; then
  echo "$dir/bin/cargo"
  exit
fi

command -v apt-get >/dev/null || { say "neither rustup nor apt-get can provide $target; run: rustup target add $target"; exit 1; }
started=$SECONDS
work=$root/.tools/wasm.part
rm -rf "$work" "$dir"
mkdir -p "$work/debs" "$work/unpacked"

# field PACKAGE PATTERN: the first name in what PACKAGE depends on that matches PATTERN
depends() { apt-cache depends "$1" | grep -oE -m1 "$2"; }

apt-cache show rustc-web >/dev/null 2>&1 || "$root/scripts/apt.sh" --update
std=$(depends libstd-rust-web-dev 'libstd-rust-web-[0-9.]+$')
llvm=$(depends "$std" 'libllvm[0-9]+')
say "unpacking rustc-web, $std, $llvm (140 MB to fetch)"
cd "$work/debs"
apt-get download -qq -o APT::Sandbox::User=root rustc-web libstd-rust-web-dev "$std" "$llvm" rust-web-src >&2
for deb in *.deb; do dpkg-deb --extract "$deb" "$work/unpacked"; done
mv "$work/unpacked/usr" "$work/toolchain"

# The compiler finds its libraries by a wrapper: nothing outside of this folder has to be set.
cd "$work/toolchain"
mkdir -p libexec
libs=$(basename "$(dirname "$(find lib -name 'librustc_driver-*.so' -print -quit)")")
[[ $libs == lib ]] && libs=.
for program in rustc rustdoc; do
  mv "bin/$program" "libexec/$program"
  cat >"bin/$program" <<EOF
#!/bin/sh
export LD_LIBRARY_PATH="$dir/lib/$libs\${LD_LIBRARY_PATH:+:\$LD_LIBRARY_PATH}"
exec "$dir/libexec/$program" "\$@"
EOF
done
# Debian's own cargo would want more libraries of the system: the active one drives this compiler as well.
cat >bin/cargo <<EOF
#!/bin/sh
export RUSTC="$dir/bin/rustc" RUSTDOC="$dir/bin/rustdoc"
exec "$(rustup which cargo 2>/dev/null || command -v cargo)" "\$@"
EOF
chmod +x bin/*

# The linker: rustup's if it is of the same LLVM or newer, else Debian's.
host=$(rustc --version --verbose | sed -n 's/^host: //p')
llvm_major=${llvm#libllvm}
linker=$(rustc --print sysroot)/lib/rustlib/$host/bin/rust-lld
mkdir -p "lib/rustlib/$host/bin"
if [[ -x $linker ]] && (($("$linker" -flavor wasm --version | grep -oE '[0-9]+' | head -n 1) >= llvm_major)); then
  printf '#!/bin/sh\nexec "%s" "$@"\n' "$linker" >"lib/rustlib/$host/bin/rust-lld"
else
  mkdir "$work/lld"
  (cd "$work/lld" && apt-get download -qq -o APT::Sandbox::User=root "lld-$llvm_major" "liblld-$llvm_major" >&2 &&
    for deb in *.deb; do dpkg-deb --extract "$deb" .; done)
  cp -a "$work/lld/usr/lib/." lib/
  multiarch=$(dpkg-architecture -qDEB_HOST_MULTIARCH 2>/dev/null || echo x86_64-linux-gnu)
  printf '#!/bin/sh\nexport LD_LIBRARY_PATH="%s"\nexec "%s" "$@"\n' \
    "$dir/lib/$multiarch" "$dir/lib/llvm-$llvm_major/bin/lld" >"lib/rustlib/$host/bin/rust-lld"
fi
chmod +x "lib/rustlib/$host/bin/rust-lld"
mv "$work/toolchain" "$dir"

# The standard library. Bitcode is embedded, or link-time optimisation would stop at its border.
say "compiling the standard library for $target (a minute)"
mkdir -p "$work/std/src"
cd "$work/std"
: >src/lib.rs
cat >Cargo.toml <<'EOF'
[package]
name = "seed"
edition = "2021"

[workspace]

[profile.release]
codegen-units = 1
EOF
RUSTC_BOOTSTRAP=1 RUSTFLAGS="-Cembed-bitcode=yes" CARGO_TARGET_DIR="$work/std/target" \
  "$dir/bin/cargo" build --quiet --release --target "$target" -Zbuild-std=std,panic_abort,test >&2
libdir=$("$dir/bin/rustc" --print target-libdir --target "$target")
mkdir -p "$libdir"
find "target/$target/release/deps" -name 'lib*.rlib' ! -name 'libseed-*' -exec cp {} "$libdir/" \;

cd "$root"
rm -rf "$work" "$dir/share" "$dir/src"
has_std "$dir/bin/rustc" || { say "the standard library was built but is not found in $libdir"; exit 1; }
"$dir/bin/rustc" --version >"$dir/complete"
say "$(cat "$dir/complete") is ready after $((SECONDS - started)) s"
echo "$dir/bin/cargo"
