// The native methods of io.calve.flink.NativeEngine, one table of them. No logic lives here: each takes
// its arguments over the border, calls the engine, and gives the answer back.

#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine.h"
#include "handle_store.h"
#include "jni_edge.h"
#include <jni.h>

namespace calve::jni {
namespace {

// Live as long as the library, which the JVM unloads with the job's class loader.
HandleStore<Engine> engines;
HandleStore<WriterTask> writers;
HandleStore<CommitterTask> committers;

batch::LogIdentity log_of(JNIEnv* env, jstring cluster, jstring topic, jstring topic_id) {
  return {.cluster = text_of(env, cluster), .topic = text_of(env, topic), .topic_id = text_of(env, topic_id)};
}

jlong open(JNIEnv* env, jclass, jobjectArray settings) {
  return enter<jlong>(
      env, [&]() -> Result<jlong> { return engines.put(CALVE_TRY(Engine::open(texts_of(env, settings)))); });
}

void close(JNIEnv*, jclass, jlong engine) {
  engines.remove(engine);
}

jstring position(JNIEnv* env, jclass, jlong engine, jstring cluster, jstring topic, jstring topic_id) {
  return enter<jstring>(env, [&]() -> Result<jstring> {
    const auto opened = CALVE_TRY(engines.get(engine));
    return to_java_string(env, CALVE_TRY(opened->position(log_of(env, cluster, topic, topic_id))));
  });
}

jstring kafka_properties(JNIEnv* env, jclass, jlong engine) {
  return enter<jstring>(env, [&]() -> Result<jstring> {
    const auto opened = CALVE_TRY(engines.get(engine));
    return to_java_string(env, CALVE_TRY(opened->kafka_properties()));
  });
}

jstring job(JNIEnv* env, jclass, jlong engine) {
  return enter<jstring>(env, [&]() -> Result<jstring> {
    const auto opened = CALVE_TRY(engines.get(engine));
    return to_java_string(env, opened->job());
  });
}

jlong open_writer(JNIEnv* env, jclass, jlong engine, jstring cluster, jstring topic, jstring topic_id) {
  return enter<jlong>(env, [&]() -> Result<jlong> {
    auto task = std::make_shared<WriterTask>();
    task->engine = CALVE_TRY(engines.get(engine));
    task->writer = CALVE_TRY(runtime::PartWriter::open(
        task->engine->parts(), task->engine->options(log_of(env, cluster, topic, topic_id))));
    return writers.put(std::move(task));
  });
}

void write(JNIEnv* env, jclass, jlong writer, jobject records, jint bytes) {
  enter_void(env, [&]() -> Result<void> {
    const auto task = CALVE_TRY(writers.get(writer));
    const auto* memory = static_cast<const char*>(env->GetDirectBufferAddress(records));
    if (memory == nullptr || bytes < 0 || bytes > env->GetDirectBufferCapacity(records)) {
      return fail(ErrorKind::kInternal, "Records come in a direct buffer, and within it");
    }
    return task->writer->write({memory, static_cast<std::size_t>(bytes)});
  });
}

jbyteArray seal(JNIEnv* env, jclass, jlong writer) {
  return enter<jbyteArray>(env, [&]() -> Result<jbyteArray> {
    const auto task = CALVE_TRY(writers.get(writer));
    return to_java_bytes(env, CALVE_TRY(task->writer->seal()));
  });
}

jstring writer_metrics(JNIEnv* env, jclass, jlong writer) {
  return enter<jstring>(env, [&]() -> Result<jstring> {
    const auto task = CALVE_TRY(writers.get(writer));
    return to_java_string(env, to_json(task->writer->counts()));
  });
}

void close_writer(JNIEnv*, jclass, jlong writer) {
  writers.remove(writer);
}

jlong open_committer(JNIEnv* env, jclass, jlong engine, jstring cluster, jstring topic, jstring topic_id) {
  return enter<jlong>(env, [&]() -> Result<jlong> {
    auto task = std::make_shared<CommitterTask>();
    task->engine = CALVE_TRY(engines.get(engine));
    task->committer = CALVE_TRY(runtime::PartCommitter::open(
        task->engine->parts(), task->engine->options(log_of(env, cluster, topic, topic_id))));
    return committers.put(std::move(task));
  });
}

jbyteArray combine(JNIEnv* env, jclass, jobjectArray parts) {
  return enter<jbyteArray>(env, [&]() -> Result<jbyteArray> {
    std::vector<std::string> copies;
    for (jsize i = 0; i < env->GetArrayLength(parts); ++i) {
      auto* part = static_cast<jbyteArray>(env->GetObjectArrayElement(parts, i));
      copies.push_back(bytes_of(env, part));
      env->DeleteLocalRef(part);
    }
    return to_java_bytes(env, runtime::combine_parts({copies.begin(), copies.end()}));
  });
}

jstring commit(JNIEnv* env, jclass, jlong committer, jbyteArray committable) {
  return enter<jstring>(env, [&]() -> Result<jstring> {
    const auto task = CALVE_TRY(committers.get(committer));
    return to_java_string(env, to_json(CALVE_TRY(task->committer->commit(bytes_of(env, committable), {}))));
  });
}

void close_committer(JNIEnv*, jclass, jlong committer) {
  committers.remove(committer);
}

jstring msk_login(JNIEnv* env, jclass, jstring region) {
  return enter<jstring>(env, [&]() -> Result<jstring> {
    return to_java_string(env, to_json(CALVE_TRY(kafka::log_in_to_msk(text_of(env, region)))));
  });
}

template <class Function>
JNINativeMethod method(const char* name, const char* signature, Function* function) {
  return {const_cast<char*>(name), const_cast<char*>(signature), reinterpret_cast<void*>(function)};
}

constexpr const char* kLogArguments = "(JLjava/lang/String;Ljava/lang/String;Ljava/lang/String;)J";

const std::array kMethods = {
    method("open", "([Ljava/lang/String;)J", open),
    method("close", "(J)V", close),
    method("position", "(JLjava/lang/String;Ljava/lang/String;Ljava/lang/String;)Ljava/lang/String;",
           position),
    method("kafkaProperties", "(J)Ljava/lang/String;", kafka_properties),
    method("job", "(J)Ljava/lang/String;", job),
    method("openWriter", kLogArguments, open_writer),
    method("write", "(JLjava/nio/ByteBuffer;I)V", write),
    method("seal", "(J)[B", seal),
    method("writerMetrics", "(J)Ljava/lang/String;", writer_metrics),
    method("closeWriter", "(J)V", close_writer),
    method("openCommitter", kLogArguments, open_committer),
    method("combine", "([[B)[B", combine),
    method("commit", "(J[B)Ljava/lang/String;", commit),
    method("closeCommitter", "(J)V", close_committer),
    method("mskLogin", "(Ljava/lang/String;)Ljava/lang/String;", msk_login),
};

}  // namespace
}  // namespace calve::jni

extern "C" JNIEXPORT jint JNICALL JNI_OnLoad(JavaVM* jvm, void*) {
  JNIEnv* env = nullptr;
  if (jvm->GetEnv(reinterpret_cast<void**>(&env), JNI_VERSION_10) != JNI_OK) return JNI_ERR;
  jclass type = env->FindClass("io/calve/flink/NativeEngine");
  if (type == nullptr) return JNI_ERR;
  const auto& methods = calve::jni::kMethods;
  if (env->RegisterNatives(type, methods.data(), static_cast<jint>(methods.size())) != JNI_OK) return JNI_ERR;
  return JNI_VERSION_10;
}
