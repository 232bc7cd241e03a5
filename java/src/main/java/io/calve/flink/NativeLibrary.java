package io.calve.flink;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Loads the engine out of the jar.
 *
 * <p>{@code native/linux-x86_64/manifest} lists the libraries in the order in which they are loaded,
 * the engine last, a line each as {@code sha256sum} prints it: {@code <sha256>  <name>}.
 *
 * <p>Flink gives each attempt of a job a class loader of its own, and the JVM loads a file for one
 * class loader only. So each class loader unpacks into a folder of its own, which is removed as soon
 * as the libraries are mapped: an attempt that is killed leaves nothing behind.
 */
final class NativeLibrary {
  private static final String PLATFORM = "linux-x86_64";
  private static final String FOLDER = "/native/" + PLATFORM + "/";

  static final class Entry {
    final String sha256;
    final String name;

    Entry(String sha256, String name) {
      this.sha256 = sha256;
      this.name = name;
    }
  }

  private NativeLibrary() {}

  static void load() {
    requirePlatform(System.getProperty("os.name"), System.getProperty("os.arch"));
    try {
      List<Entry> entries = manifest();
      Path folder = Files.createTempDirectory("calve-native-");
      try {
        for (Entry entry : entries) {
          unpack(entry, folder);
        }
        for (Entry entry : entries) {
          System.load(folder.resolve(entry.name).toString());
        }
      } finally {
        remove(folder, entries);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Calve's engine could not be unpacked: " + e.getMessage(), e);
    }
  }

  static void requirePlatform(String os, String architecture) {
    if (!os.equals("Linux") || !architecture.equals("amd64")) {
      throw new UnsatisfiedLinkError(
          "Calve's engine in this jar is built for "
              + PLATFORM
              + "; run JobManager and TaskManagers there. This machine is "
              + os
              + " on "
              + architecture);
    }
  }

  private static List<Entry> manifest() throws IOException {
    try (InputStream in = open("manifest");
        BufferedReader reader =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      return parseManifest(reader.lines().collect(Collectors.toList()));
    }
  }

  static List<Entry> parseManifest(List<String> lines) throws IOException {
    List<Entry> entries = new ArrayList<>();
    for (String line : lines) {
      String[] fields = line.split(" {2}", 2);
      if (fields.length != 2 || !fields[0].matches("[0-9a-f]{64}") || !fields[1].matches("[\\w.+-]+")) {
        throw new IOException("the manifest of the native libraries has a line that is none: " + line);
      }
      entries.add(new Entry(fields[0], fields[1]));
    }
    return entries;
  }

  private static void unpack(Entry entry, Path folder) throws IOException {
    MessageDigest digest = sha256();
    try (InputStream in = new DigestInputStream(open(entry.name), digest)) {
      Files.copy(in, folder.resolve(entry.name));
    }
    String actual = String.format("%064x", new BigInteger(1, digest.digest()));
    if (!actual.equals(entry.sha256)) {
      throw new IOException(
          "the jar is damaged, build or upload it anew: the SHA-256 of "
              + entry.name
              + " is "
              + actual
              + ", the manifest says "
              + entry.sha256);
    }
  }

  private static InputStream open(String name) throws IOException {
    InputStream in = NativeLibrary.class.getResourceAsStream(FOLDER + name);
    if (in == null) {
      throw new IOException("the jar was built without it: " + FOLDER + name);
    }
    return in;
  }

  private static void remove(Path folder, List<Entry> entries) throws IOException {
    for (Entry entry : entries) {
      Files.deleteIfExists(folder.resolve(entry.name));
    }
    Files.delete(folder);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JVM has SHA-256", e);
    }
  }
}
