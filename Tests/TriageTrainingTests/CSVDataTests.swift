import Testing

@testable import TriageTraining

@Suite("Labelled data in CSV")
struct CSVDataTests {
    private func texts(_ csv: String, _ name: String = "a.csv") throws -> [String] {
        try read(csv, name).texts.map { "\($0.row) \($0.text)|\($0.label)" }
    }

    @Test("Quotes, doubled quotes, line breaks in quotes, blank lines and a byte order mark")
    func grammar() throws {
        let csv =
            "\u{FEFF}text,label,route,source\r\n"
            + "\"where, \"\"oh where\"\"\",x,script,web\r\n\n"
            + "\"two\r\nlines\",\"y\",,\r\n"
            + "\"\",y,,\n"
            + "é last,x,\"\",web"
        let data = try read(csv, "a.csv")
        #expect(
            data.texts == [
                LabelledText(text: "where, \"oh where\"", label: "x", route: "script", source: "web", row: 2),
                LabelledText(text: "two\r\nlines", label: "y", row: 4),
                LabelledText(text: "", label: "y", row: 6),
                LabelledText(text: "é last", label: "x", source: "web", row: 7),
            ]
        )
    }

    @Test("Other names for the columns, in any letter case and order")
    func columnNames() throws {
        #expect(try texts("Intent,id,Utterance\nx,7,a\n") == ["2 a|x"])
        #expect(try texts("query,category,text\nq,x,t\n") == ["2 t|x"])
        #expect(try texts("text,route\na,x\n") == ["2 a|x"])
        #expect(try texts("text,intent,label\na,i,l\n") == ["2 a|l"])
        let named = DataOptions(labelField: "Intent")
        #expect(try read("text,intent,label\na,i,l\n", "a.csv", options: named).texts.map(\.label) == ["i"])
    }

    @Test("The separator is what the header has, a comma where it has one")
    func separators() throws {
        #expect(try texts("text;label\na,b;x\n") == ["2 a,b|x"])
        #expect(try texts("text\tlabel\na;b\tx\n") == ["2 a;b|x"])
        #expect(try texts("\"text\",\"label\",\"a;b\"\na,x,y\n") == ["2 a|x"])
        #expect(try texts("text\tlabel\tb,c\na\tx\ty\n", "a.tsv") == ["2 a|x"])
    }

    @Test(
        "What is wrong with a header",
        arguments: [
            ("", "empty; expected a header with `text` and `label`"),
            ("text,name\n", "the header has no column `label` or `category` or `intent`; found `text`, `name`"),
            ("label\n", "the header has no column `text` or `query` or `utterance`; found `label`"),
            ("text,label,Text\n", "the header has `text` and `Text` where one column is wanted; rename the others"),
            (
                "text,intent,category\n",
                "the header has `intent` and `category` where one column is wanted; "
                    + "rename the others"
            ),
            (
                "te\"xt,label\n",
                "in the header, line 1, column 3: a quote inside a field; quote the field and double "
                    + "the quote"
            ),
        ]
    )
    func badHeader(csv: String, expected: String) throws {
        #expect(try defects(of: csv, "a.csv") == [expected])
    }

    @Test("Every bad record is named with line and column, and those after it are read")
    func badRecords() throws {
        let csv = """
            text,label
            é "quoted",x
            a,x,more
            "a" b,x
            a
            a,
            a, x
            "two
            lines"x,y
            fine,x
            "open,x
            """
        #expect(
            try defects(of: csv, "a.csv") == [
                "2:3: a quote inside a field; quote the field and double the quote",
                "3: 3 fields, the header has 2",
                "4:4: text after a closing quote",
                "5: 1 fields, the header has 2",
                "6: no `label`",
                "7: `label` begins or ends with white space",
                "9:7: text after a closing quote",
                "11:1: the quote that opens here is not closed before the end of the file",
            ]
        )
        #expect(try defects(of: "text,label\na\rb,x\n", "a.csv") == ["2:2: a carriage return without a line feed"])
    }

    @Test("Fields that are not text")
    func badBytes() throws {
        let header = Array("text,label\n".utf8)
        #expect(try defects(of: header + [0xFF] + Array(",x\n".utf8), "a.csv") == ["2: not valid UTF-8"])
        #expect(try defects(of: header + [0] + Array(",x\n".utf8), "a.csv") == ["2: `text` contains a NUL character"])
    }

    @Test("The longest record, and longer ones", arguments: [false, true])
    func recordLength(isQuoted: Bool) throws {
        let limit = CSVParser.maximumLength
        func file(_ length: Int) -> String {
            let overhead = isQuoted ? 4 : 2
            let text = String(repeating: "a", count: length - overhead)
            return "text,label\n" + (isQuoted ? "\"\(text)\",x" : "\(text),x") + "\nb,x\n"
        }
        #expect(try read(file(limit), "a.csv").texts.count == 2)
        let found = try defects(of: file(limit + (isQuoted ? 3 : 1)), "a.csv")
        #expect(found.count == 1 && found[0].hasPrefix("2:") && found[0].hasSuffix("\(limit) bytes"))
    }

    @Test("Reading stops at a quote that is not closed within a record")
    func openQuote() throws {
        let csv = "text,label\n\"open,x\n" + String(repeating: "a\"b,\"x\"\n", count: 200_000)
        // Nothing tells where the next record begins.
        let found = try defects(of: "text,label\n\"open,x\n" + String(repeating: "ab,x\n", count: 300_000), "a.csv")
        #expect(found == ["2:1: the quote that opens here is not closed within 1048576 bytes"])
        #expect(try !defects(of: csv, "a.csv").isEmpty)
    }
}
