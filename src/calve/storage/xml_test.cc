#include "calve/storage/xml.h"

#include <gtest/gtest.h>

namespace calve::storage {
namespace {

TEST(XmlTest, ReadsAnErrorOfS3) {
  const auto error = parse_xml(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<Error xmlns='http://s3.amazonaws.com/doc/2006-03-01/'>\n"
      "  <Code>NoSuchKey</Code><Message>a &lt;b&gt; &amp; &quot;c&quot; &#233;&#x20AC;&#x1F9CA;</Message>\n"
      "  <!-- comment --><Resource/><HostId />\n"
      "</Error>\n");
  ASSERT_TRUE(error) << error.error().message;
  EXPECT_EQ(error->name, "Error");
  EXPECT_EQ(error->text, "");
  EXPECT_EQ(error->child_text("Code"), "NoSuchKey");
  EXPECT_EQ(error->child_text("Message"), "a <b> & \"c\" \xC3\xA9\xE2\x82\xAC\xF0\x9F\xA7\x8A");
  ASSERT_NE(error->child("Resource"), nullptr);
  EXPECT_EQ(error->child_text("Resource"), "");
  EXPECT_EQ(error->child("Region"), nullptr);
}

TEST(XmlTest, KeepsBlanksOfALeaf) {
  EXPECT_EQ(parse_xml("<Key> a </Key>")->text, " a ");
}

TEST(XmlTest, ReadsWhatItWrites) {
  const XmlElement element{.name = "a", .children = {{.name = "b", .text = "x&y<z>\"'"}, {.name = "b"}}};
  EXPECT_EQ(to_xml(element), "<a><b>x&amp;y&lt;z&gt;&quot;&apos;</b><b></b></a>");
  EXPECT_EQ(parse_xml(to_xml(element)), element);
}

TEST(XmlTest, RefusesWhatIsNotWellFormed) {
  std::string deep;
  for (int i = 0; i <= kXmlDepthMax; ++i)
    deep += "<a>";
  for (const auto& document : std::vector<std::string>{"",
                                                       " ",
                                                       "x",
                                                       "<",
                                                       "<a",
                                                       "<a>",
                                                       "<a></b>",
                                                       "<a/><b/>",
                                                       "<a>&x;</a>",
                                                       "<a>&amp</a>",
                                                       "<a>&#0;</a>",
                                                       "<a>&#xD800;</a>",
                                                       "<a>&#x110000;</a>",
                                                       "<a>&#;</a>",
                                                       "<a b></a>",
                                                       "<a b=c></a>",
                                                       "<a b='c></a>",
                                                       "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>",
                                                       "<a><![CDATA[x]]></a>",
                                                       "<a><?php ?></a>",
                                                       "<a><!-- </a>",
                                                       "</a>",
                                                       "<a></a",
                                                       deep,
                                                       "{\"json\": true}"}) {
    const auto parsed = parse_xml(document);
    ASSERT_FALSE(parsed) << document;
    EXPECT_EQ(parsed.error().kind, ErrorKind::kInvalidData) << document;
  }
}

}  // namespace
}  // namespace calve::storage
