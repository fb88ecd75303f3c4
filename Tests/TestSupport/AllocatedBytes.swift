import CTestSupport

/// Bytes that malloc has handed out in this process; 0 under a sanitizer, which brings its own.
package func allocatedBytes() -> Int { Int(test_allocated_bytes()) }
