// Values across the border: Java's strings and byte arrays, and the one exception that an Error becomes.

#pragma once

#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <jni.h>

#include "calve/base/result.h"

namespace calve::jni {

// Throws io.calve.flink.CalveException(kind, message) in Java. Return to Java at once.
void throw_in_java(JNIEnv* env, const Error& error);

// UTF-8 out of a Java string; an unpaired surrogate becomes U+FFFD.
std::string text_of(JNIEnv* env, jstring text);
std::vector<std::string> texts_of(JNIEnv* env, jobjectArray texts);
std::string bytes_of(JNIEnv* env, jbyteArray bytes);
// Null, with an OutOfMemoryError pending, if the JVM has no room.
jstring to_java_string(JNIEnv* env, std::string_view utf8);
jbyteArray to_java_bytes(JNIEnv* env, std::string_view bytes);

// The body of every native method: nothing that fails in it may unwind into the JVM.
template <class T, class Body>
T enter(JNIEnv* env, Body&& body) {
  try {
    Result<T> result = body();
    if (result) return *result;
    throw_in_java(env, result.error());
  } catch (const std::exception& error) {
    throw_in_java(env, {ErrorKind::kInternal, fmt::format("The engine failed: {}", error.what())});
  }
  return T{};
}
template <class Body>
void enter_void(JNIEnv* env, Body&& body) {
  enter<bool>(env, [&]() -> Result<bool> {
    CALVE_TRY(body());
    return true;
  });
}

}  // namespace calve::jni
