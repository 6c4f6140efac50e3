// The specification of Compose files, with its schema.
module assay.test/compose

go 1.22

require github.com/compose-spec/compose-go/v2 v2.4.9
