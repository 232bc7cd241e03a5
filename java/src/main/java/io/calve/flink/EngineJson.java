package io.calve.flink;

import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.core.JsonProcessingException;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;

/** Reads the engine's answers. Flink's own JSON parser does; the job brings none along. */
final class EngineJson {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private EngineJson() {}

  static JsonNode parse(String text) {
    try {
      return MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("The engine's answer is no JSON: " + text, e);
    }
  }
}
