//! Uses libtriage from Rust without a crate.
//!
//! main layout                prints triage_decision as Tests/Hosts/c/layout.c does
//! main decide MODEL TEXT…    prints a line a text, decided on by two threads at once

use std::ffi::{c_char, c_int, CStr, CString};
use std::mem::{offset_of, size_of, zeroed};
use std::ptr::{null, null_mut};

#[repr(C)]
struct Options {
    struct_size: usize,
    model: *const c_char,
    policy: *const c_char,
    precision: i32,
    skips_first_stage: i32,
}

#[repr(C)]
struct Error {
    struct_size: usize,
    status: i32,
    reserved: u32,
    message: [c_char; 1024],
}

#[repr(C)]
#[derive(Clone, Copy)]
struct Decision {
    struct_size: usize,
    generation: u64,
    cost: f64,
    saving: f64,
    latency_ms: f64,
    confidence: f32,
    margin: f32,
    out_of_scope: f32,
    outcome: i32,
    token_count: u32,
    flags: u32,
    route: [c_char; 128],
    target: [c_char; 128],
    label: [c_char; 128],
    rule: [c_char; 128],
    reason: [c_char; 24],
    model_identity: [c_char; 80],
    policy_identity: [c_char; 80],
    backend: [c_char; 32],
}

/// Opaque.
#[repr(C)]
struct Handle {
    _private: [u8; 0],
}

#[link(name = "triage")]
extern "C" {
    fn triage_version() -> u32;
    fn triage_open(options: *const Options, out: *mut *mut Handle, error: *mut Error) -> c_int;
    fn triage_decide(
        router: *mut Handle,
        text: *const c_char,
        length: usize,
        context: *const u8,
        out: *mut Decision,
        error: *mut Error,
    ) -> c_int;
    fn triage_close(router: *mut Handle);
}

fn text(characters: &[c_char]) -> String {
    // Every array of a decision ends with NUL.
    unsafe { CStr::from_ptr(characters.as_ptr()) }.to_str().expect("UTF-8").to_owned()
}

struct Router(*mut Handle);

// triage.h: all functions may be called from many threads at once.
unsafe impl Send for Router {}
unsafe impl Sync for Router {}

impl Router {
    fn open(model: &str) -> Result<Router, String> {
        let model = CString::new(model).map_err(|error| error.to_string())?;
        let options = Options {
            struct_size: size_of::<Options>(),
            model: model.as_ptr(),
            policy: null(),
            precision: 0,
            skips_first_stage: 0,
        };
        let mut error: Error = unsafe { zeroed() };
        error.struct_size = size_of::<Error>();
        let mut handle = null_mut();
        match unsafe { triage_open(&options, &mut handle, &mut error) } {
            0 => Ok(Router(handle)),
            _ => Err(text(&error.message)),
        }
    }

    fn decide(&self, query: &str) -> Result<Decision, String> {
        let (mut error, mut decision): (Error, Decision) = unsafe { zeroed() };
        error.struct_size = size_of::<Error>();
        decision.struct_size = size_of::<Decision>();
        let bytes = query.as_ptr() as *const c_char;
        match unsafe { triage_decide(self.0, bytes, query.len(), null(), &mut decision, &mut error) } {
            0 => Ok(decision),
            _ => Err(text(&error.message)),
        }
    }
}

impl Drop for Router {
    fn drop(&mut self) {
        unsafe { triage_close(self.0) }
    }
}

fn print_layout() {
    println!("triage_decision {}", size_of::<Decision>());
    macro_rules! fields {
        ($($field:ident)*) => {
            let decision: Decision = unsafe { zeroed() };
            $(println!(
                "triage_decision.{} {} {}",
                stringify!($field),
                offset_of!(Decision, $field),
                std::mem::size_of_val(&decision.$field)
            );)*
        };
    }
    fields!(struct_size generation cost saving latency_ms confidence margin out_of_scope outcome token_count flags
        route target label rule reason model_identity policy_identity backend);
}

fn main() -> Result<(), String> {
    let arguments: Vec<String> = std::env::args().collect();
    if arguments[1..] == ["layout"] {
        print_layout();
        return Ok(());
    }
    assert_eq!(unsafe { triage_version() } >> 16, 1);
    assert!(Router::open("/no/such/model").is_err());
    let router = Router::open(&arguments[2])?;
    let decide = || arguments[3..].iter().map(|query| router.decide(query)).collect::<Result<Vec<_>, _>>();
    let (first, second) = std::thread::scope(|scope| {
        let other = scope.spawn(decide);
        (decide(), other.join().expect("no panic"))
    });
    for (one, two) in first?.iter().zip(second?) {
        assert_eq!(one.confidence.to_bits(), two.confidence.to_bits());
        println!("rust: {} {:.4} ({})", text(&one.route), one.confidence, text(&one.reason));
    }
    Ok(())
}
