#include "jni_edge.h"

namespace calve::jni {
namespace {

// JNI's own conversions are of a "modified UTF-8" that no one else speaks; Java's String has the real one.
constexpr const char* kCharset = "UTF-8";

}  // namespace

void throw_in_java(JNIEnv* env, const Error& error) {
  if (env->ExceptionCheck()) return;  // the JVM's own, such as OutOfMemoryError, says more
  jclass type = env->FindClass("io/calve/flink/CalveException");
  if (type == nullptr) return;
  jmethodID make = env->GetMethodID(type, "<init>", "(Ljava/lang/String;Ljava/lang/String;)V");
  if (make == nullptr) return;
  jstring kind = to_java_string(env, error_kind_name(error.kind));
  jstring message = to_java_string(env, error.message);
  if (kind == nullptr || message == nullptr) return;
  if (auto* exception = static_cast<jthrowable>(env->NewObject(type, make, kind, message))) {
    env->Throw(exception);
  }
}

std::string bytes_of(JNIEnv* env, jbyteArray bytes) {
  if (bytes == nullptr) return {};
  std::string copy(static_cast<std::size_t>(env->GetArrayLength(bytes)), '\0');
  env->GetByteArrayRegion(bytes, 0, static_cast<jsize>(copy.size()), reinterpret_cast<jbyte*>(copy.data()));
  return copy;
}

std::string text_of(JNIEnv* env, jstring text) {
  if (text == nullptr) return {};
  jmethodID get_bytes = env->GetMethodID(env->GetObjectClass(text), "getBytes", "(Ljava/lang/String;)[B");
  auto* utf8 = static_cast<jbyteArray>(env->CallObjectMethod(text, get_bytes, env->NewStringUTF(kCharset)));
  std::string copy = bytes_of(env, utf8);
  env->DeleteLocalRef(utf8);
  return copy;
}

std::vector<std::string> texts_of(JNIEnv* env, jobjectArray texts) {
  std::vector<std::string> copies;
  for (jsize i = 0; i < env->GetArrayLength(texts); ++i) {
    auto* text = static_cast<jstring>(env->GetObjectArrayElement(texts, i));
    copies.push_back(text_of(env, text));
    env->DeleteLocalRef(text);
  }
  return copies;
}

jbyteArray to_java_bytes(JNIEnv* env, std::string_view bytes) {
  jbyteArray array = env->NewByteArray(static_cast<jsize>(bytes.size()));
  if (array == nullptr) return nullptr;
  env->SetByteArrayRegion(array, 0, static_cast<jsize>(bytes.size()),
                          reinterpret_cast<const jbyte*>(bytes.data()));
  return array;
}

jstring to_java_string(JNIEnv* env, std::string_view utf8) {
  jbyteArray bytes = to_java_bytes(env, utf8);
  if (bytes == nullptr) return nullptr;
  jclass type = env->FindClass("java/lang/String");
  jmethodID make = env->GetMethodID(type, "<init>", "([BLjava/lang/String;)V");
  auto* text = static_cast<jstring>(env->NewObject(type, make, bytes, env->NewStringUTF(kCharset)));
  env->DeleteLocalRef(bytes);
  return text;
}

}  // namespace calve::jni
